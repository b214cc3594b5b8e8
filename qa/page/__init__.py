"""The chat page: Gradio components, what they do, and the HTML, CSS and scripts they show."""
