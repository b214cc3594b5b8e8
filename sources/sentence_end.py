"""How a sentence ends, in English and Korean, as far as `sources/` must know: to tell a heading
from a sentence, and a footer from the sentence it runs into. Real splitting is in `index/`.
"""

import re

_CLOSING = "[\"'”’»)\\]]*"
_END = re.compile(rf"[.!?…。！？:;,]{_CLOSING}$")
_VERB = re.compile("(?:니다|[했였었있없한된이]다)[\"'”’)]*$")
_BREAK = re.compile(rf"[.!?…。！？]{_CLOSING}\s+")


def ends_sentence(line: str) -> bool:
    """Tell whether a line ends as a sentence or clause does, not as a heading does.

    >>> ends_sentence("It was signed."), ends_sentence("Opening hours")
    (True, False)
    """
    return bool(_END.search(line[-8:]) or _VERB.search(line[-8:]))


def sentence_starts(text: str) -> list[int]:
    """Return where each sentence of `text` starts, 0 first; abbreviations break too."""
    return [0, *(match.end() for match in _BREAK.finditer(text) if match.end() < len(text))]
