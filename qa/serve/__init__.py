"""Other ways in: the page and the HTTP API in one process, the OpenAI protocol, MCP."""
