"""Answers to take away: Markdown, HTML and plain text with numbered citations. What documents and
models said is text in all of them, never markup. `qa/records/export_word.py` writes DOCX and
`qa/records/receipt.py` the JSON receipt from the same turns.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from qa.answer import Citation, Sentence
from qa.records.conversations import Turn
from qa.records.receipt import Describe, Quoted


@dataclass(frozen=True)
class Labels:
    """The words an export puts around what was said."""

    language: str
    sources: str
    disagree: str
    made_with: str
    page: str


@dataclass(frozen=True)
class Source:
    """A numbered quotation, and its place in words."""

    number: int
    quoted: Quoted
    name: str
    place: str


@dataclass(frozen=True)
class Block:
    """One answered turn, ready to be written: `marks` are the numbers after each sentence."""

    question: str
    sentences: tuple[Sentence, ...]
    marks: tuple[tuple[int, ...], ...]
    reason: str
    sources: tuple[Source, ...]
    made_with: str


def blocks(turns: Sequence[Turn], describe: Describe, labels: Labels) -> list[Block]:
    """Number the citations of each answered turn from 1."""
    return [_block(turn, describe, labels) for turn in turns if turn.answer]


def _block(turn: Turn, describe: Describe, labels: Labels) -> Block:
    answer = turn.answer
    assert answer is not None
    numbers: dict[Citation, int] = {c: n for n, c in enumerate(answer.citations, 1)}
    models = ", ".join(dict.fromkeys(answer.models.values()))
    made = turn.made
    told = [f"{labels.made_with}: {models}" if models else "", made.fingerprint]
    return Block(
        question=turn.question,
        sentences=answer.sentences,
        marks=tuple(tuple(numbers[c] for c in s.citations) for s in answer.sentences),
        reason=answer.reason or "",
        sources=tuple(_source(n, describe(c), labels) for c, n in numbers.items()),
        made_with=" · ".join(filter(None, told)),
    )


def _source(number: int, quoted: Quoted, labels: Labels) -> Source:
    page = labels.page.format(number=quoted.page) if quoted.page else ""
    span = f"{quoted.start}-{quoted.end}"
    place = ", ".join(filter(None, [quoted.file, page, span, quoted.published or ""]))
    return Source(number, quoted, one_line(quoted.title or quoted.file), place)


def one_line(text: str) -> str:
    """Return `text` with runs of white space as one space."""
    return " ".join(text.split())


def plain(given: Sequence[Block], labels: Labels) -> str:
    """Return plain text, as it is copied."""
    parts = []
    for block in given:
        said = [
            one_line(s.text) + " " + "".join(f"[{n}]" for n in marks)
            for s, marks in zip(block.sentences, block.marks, strict=True)
        ]
        parts.append(" ".join(filter(None, [*said, block.reason])))
        for source in block.sources:
            quote = one_line(source.quoted.quote)
            parts.append(f"[{source.number}] {source.name} ({source.place})\n    “{quote}”")
    return "\n\n".join(parts) + "\n"


def markdown(name: str, given: Sequence[Block], labels: Labels) -> str:
    """Return Markdown (CommonMark); nothing that was said can become markup, link or picture."""
    lines = [f"# {_md(name)}"]
    for block in given:
        lines.append(f"## {_md(block.question)}")
        lines += _markdown_answer(block, labels)
        if block.sources:
            lines.append(f"### {labels.sources}")
        for source in block.sources:
            lines.append(
                f"{source.number}. **{_md(source.name)}** ({_md(source.place)})\n\n"
                f"   > {_md(source.quoted.quote)}\n\n   sha256 `{_hex(source.quoted.sha256)}`"
            )
        lines.append(f"*{_md(block.made_with)}*" if block.made_with else "")
    return "\n\n".join(filter(None, lines)) + "\n"


def _markdown_answer(block: Block, labels: Labels) -> list[str]:
    told: list[str] = []
    for sentence, marks in zip(block.sentences, block.marks, strict=True):
        numbered = _md(sentence.text) + " " + "".join(f"\\[{n}\\]" for n in marks)
        if sentence.verdict == "conflicting":
            told.append(f"> **{labels.disagree}:** {numbered}")
        else:
            told.append(numbered)
    return [*told, _md(block.reason)]


_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # all that CommonMark can escape


def _md(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", one_line(text.replace("\x00", "\ufffd")))


def _hex(text: str) -> str:
    return re.sub(r"[^0-9a-f]", "", text)


_STYLE = (
    "body{font:16px/1.65 system-ui,'Noto Sans CJK KR',sans-serif;max-width:44rem;margin:3rem auto;"
    "padding:0 1.2rem;color:#1d2327;background:#fff}h2{margin-top:2.5rem}blockquote{margin:.3rem 0"
    " .3rem 0;padding-left:.9rem;border-left:3px solid #0f6a63}small{color:#62696e;word-break:"
    "break-all}.c{border-left:3px solid #8a4b08;padding-left:.9rem}li{margin:.9rem 0}a{color:#0f6a63}"
    "p,li,h1,h2{overflow-wrap:anywhere;unicode-bidi:isolate}"
)


def html(name: str, given: Sequence[Block], labels: Labels) -> str:
    """Return one self-contained page without scripts."""
    body = "".join(_html_block(n, block, labels) for n, block in enumerate(given, 1))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="{labels.language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>{_x(name)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{_x(name)}</h1>{body}</body></html>\n"
    )


def _html_block(number: int, block: Block, labels: Labels) -> str:
    told = []
    for sentence, marks in zip(block.sentences, block.marks, strict=True):
        notes = "".join(f'<sup><a href="#s{number}-{n}">[{n}]</a></sup>' for n in marks)
        if sentence.verdict == "conflicting":
            said = f"<strong>{_x(labels.disagree)}:</strong> {_x(sentence.text)}"
            told.append(f'<p class="c">{said}{notes}</p>')
        else:
            told.append(f"<p>{_x(sentence.text)}{notes}</p>")
    rows = "".join(
        f'<li id="s{number}-{s.number}"><strong>{_x(s.name)}</strong> <small>{_x(s.place)}</small>'
        f"<blockquote>{_x(s.quoted.quote)}</blockquote>"
        f"<small>sha256 {_hex(s.quoted.sha256)}</small></li>"
        for s in block.sources
    )
    listed = f"<h3>{_x(labels.sources)}</h3><ol>{rows}</ol>" if rows else ""
    told += [f"<p>{_x(block.reason)}</p>"] if block.reason else []
    answer = "".join(told)
    made = f"<small>{_x(block.made_with)}</small>"
    return f"<h2>{_x(block.question)}</h2>{answer}{listed}{made}"


def _x(text: str) -> str:
    return escape(text.replace("\x00", "\ufffd"), quote=True)
