"""Split a block into sentences with exact document offsets.

Korean goes through kiwipiepy (`index/kiwi.py`), every other language through sentencex, whose
only door this is.
"""

import re
from collections.abc import Iterator

import sentencex

from index.blocks import Block, Line, is_item
from index.kiwi import is_korean, korean_sentence_starts
from sources.document import Span

LONGEST_SENTENCE = 600  # characters; what has no full stop for longer is cut at a blank
LONGEST_ITEM = 300  # characters; a longer list item is split into its sentences
_WORD = re.compile(r"[^\W_]")
_BULLET = re.compile(r"[-*+•·▪◦‣○●□■–—]\s+")


def sentences(block: Block, text: str, language: str) -> list[Span]:
    """Return the sentences of a block, sorted and disjoint, covering all but blanks and bullets.

    Args:
        block: a block of the document.
        text: the document's canonical text.
        language: ISO 639-1 code, used where the block is not Korean.
    """
    if block.kind == "table":
        return [Span(line.start, line.end) for line in block.lines]
    found: list[Span] = []
    for start, end, is_list_item in _runs(block):
        if is_list_item:
            start += len(match.group()) if (match := _BULLET.match(text[start:end])) else 0
        if is_list_item and end - start <= LONGEST_ITEM:
            found.append(Span(start, end))
        else:
            found.extend(split(text, start, end, language))
    return found


def _runs(block: Block) -> Iterator[tuple[int, int, bool]]:
    """Yield the stretches to split: each list item with its wrapped lines, and the rest."""
    run: list[Line] = []
    for line in block.lines:
        if run and is_item(line) and block.kind == "list":
            yield run[0].start, run[-1].end, is_item(run[0])
            run = []
        run.append(line)
    yield run[0].start, run[-1].end, block.kind == "list" and is_item(run[0])


def split(text: str, start: int, end: int, language: str) -> list[Span]:
    """Return the sentences of `text[start:end]`, without the blanks around them."""
    part = text[start:end]
    borders = korean_sentence_starts(part) if is_korean(part) else _starts(part, language)
    edges = [0, *(at for at in sorted(set(borders)) if at > 0), len(part)]
    cuts, any_word = [0], False
    for left, right in zip(edges, edges[1:], strict=False):
        has_word = bool(_WORD.search(part[left:right]))
        if has_word and any_word:
            cuts.append(left)
        any_word |= has_word
    cuts.append(len(part))
    found: list[Span] = []
    for left, right in zip(cuts, cuts[1:], strict=False):
        found.extend(_shortened(part, left, right))
    return [Span(start + span.start, start + span.end) for span in found]


def _shortened(part: str, left: int, right: int) -> Iterator[Span]:
    while True:
        piece = part[left:right]
        left += len(piece) - len(piece.lstrip())
        piece = piece.strip()
        if not piece:
            return
        if len(piece) <= LONGEST_SENTENCE:
            yield Span(left, left + len(piece))
            return
        cut = max(piece.rfind(blank, 1, LONGEST_SENTENCE) for blank in " \t\n")
        cut = cut if cut > 0 else LONGEST_SENTENCE
        yield Span(left, left + len(piece[:cut].rstrip()))
        left += cut


def _starts(part: str, language: str) -> list[int]:
    starts, at = [], 0
    for piece in sentencex.segment(language, part):
        starts.append(at)
        at += len(piece)
    return starts if at == len(part) else []
