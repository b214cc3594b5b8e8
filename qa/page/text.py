"""Every word of the chat page's interface, in English and Korean. Nothing here comes from documents
or models; `qa/page/html.py` and the page's scripts put these words around what does.
"""

from qa.page.english import ENGLISH
from qa.page.korean import KOREAN
from qa.page.words import Words

__all__ = ["Words", "words"]


def words(language: str) -> Words:
    """Return the interface in `language`; anything but Korean is English."""
    return KOREAN if language == "ko" else ENGLISH
