"""What a document tells about: the sentences that say one thing in full, the names it comes back to
and its headings. Boilerplate tells nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TypeVar

from llama_index.core.schema import Document

from index.sentences import split
from qa.answer import Citation
from qa.read import LEANS
from qa.records.conversations import folded
from sources import Span, headings, not_content

T = TypeVar("T")

_PER_DOCUMENT = 6
_READ = 40_000  # characters of a document that are looked at
_HEADING = (6, 60)  # characters
_TELLING = (40, 220)  # characters of a sentence that says one thing in full

# Two or more capitalised words, with the small ones that stand inside names.
_NAME = re.compile(
    r"\b[A-Z][\w’'-]+(?:\s(?:of|for|and|the|de|on)\s[A-Z][\w’'-]+|\s[A-Z][\w’'-]+)+|\b[A-Z]{3,}\b"
)
_ARTICLE = re.compile(r"^(?:The|A|An|In|At|On|For|This|That)\s")
_EMPTY = frozenset("what when where which whose from with that this they them into about".split())
_NUMBER = re.compile(r"\d")
_QUOTED = re.compile(r"[‘'“\"「『]([가-힣][가-힣\w\s·&-]{2,30})[’'”\"」』]")


def telling(document: Document) -> list[Citation]:
    """Return the sentences of a document that say one thing in full, with a name or a number."""
    text, language = document.text, document.metadata["language"]
    shortest, longest = _TELLING
    found = []
    for block in _blocks(document):
        for span in split(text, block.start, block.end, language):
            said = text[span.start : span.end]
            names = _NAME.search(said) or _NUMBER.search(said) or _QUOTED.search(said)
            whole = said.endswith((".", "。", "다.")) and "\n" not in said
            enough = shortest // (2 if language == "ko" else 1) <= len(said) <= longest
            if enough and names and whole and not LEANS.match(said):
                title = document.metadata["title"]
                found.append(Citation(document.id_, title, span.start, span.end, said))
    return found


def topics(document: Document) -> list[str]:
    """Return what a document names, likeliest first: names in turn with telling headings."""
    text = " · ".join(document.text[b.start : b.end] for b in _blocks(document))
    named = _names(text, document.metadata["language"])
    title = folded(document.metadata["title"] or "")
    heads = [" ".join(h.text.split()) for h in headings(document)]
    enough = [h for h in heads if _says_enough(h) and folded(h) != title]
    return list(in_turn([named, enough]))[:_PER_DOCUMENT]


def _says_enough(heading: str) -> bool:
    """Tell whether a heading names something on its own: "Four priority areas", not "Outlook"."""
    shortest, longest = _HEADING
    words = re.findall(r"[^\W\d_]+", heading)
    telling = [
        word
        for word in words
        if len(word) >= (4 if word.isascii() else 2) and word.lower() not in _EMPTY
    ]
    return shortest <= len(heading) <= longest and len(words) > 1 and len(telling) > 1


def _names(text: str, language: str) -> list[str]:
    """Return the names that occur at least twice, most frequent first."""
    found = [_ARTICLE.sub("", " ".join(m.group().split())) for m in _NAME.finditer(text)]
    found = [name for name in found if " " in name or name.isupper()]
    if language == "ko":
        found += [" ".join(m.split()) for m in _QUOTED.findall(text)]
    counted = Counter(re.sub(r"(?:[’']s)$", "", name) for name in found)
    often = [name for name, count in counted.most_common(12) if count > 1]
    return [n for n in often if not any(n != other and n in other for other in often)]


def _blocks(document: Document) -> Iterator[Span]:
    """Yield the paragraphs of a document that are neither boilerplate nor headings."""
    text = document.text[:_READ]
    left_out = [*not_content(document), *(Span(h.start, h.end) for h in headings(document))]
    for block in re.finditer(r"[^\n]+(?:\n[^\n]+)*", text):
        if not any(s.start < block.end() and block.start() < s.end for s in left_out):
            yield Span(block.start(), block.end())


def in_turn(lists: Sequence[Sequence[T]]) -> Iterator[T]:
    """Yield the first of each list, then the second of each, and so on."""
    for row in zip_longest(*lists):
        yield from (one for one in row if one is not None)
