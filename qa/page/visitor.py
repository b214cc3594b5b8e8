"""Who a request is from, as the guard at the door found out (`qa/serve/guard.py`) and wrote into
it: a name that stands for a person or a browser, and tells nothing of either.
"""

from typing import Any

KEY = "footnote.visitor"
"""Where the guard writes it in an ASGI scope; nothing that a client sends can be there."""


def visitor_of(request: Any) -> str:
    """Return the visitor's name; "" where everybody who can ask is one person.

    Args:
        request: of Starlette, or Gradio's around one.
    """
    held = vars(request).get("request") if hasattr(request, "__dict__") else None
    scope = getattr(held or request, "scope", None)
    return str(scope.get(KEY, "")) if isinstance(scope, dict) else ""
