"""Answers to take away as DOCX; python-docx's door for writing (`sources/word.py` reads)."""

import re
from collections.abc import Sequence
from io import BytesIO

import docx
from docx.document import Document as Paper
from docx.shared import Pt

from qa.records.export import Block, Labels, one_line

# XML 1.0 has no room for these characters.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def word(name: str, given: Sequence[Block], labels: Labels) -> bytes:
    """Return a DOCX file: question, answer, and the numbered sources with their quotations."""
    paper = docx.Document()
    paper.add_heading(_text(name), 0)
    for block in given:
        paper.add_heading(_text(block.question), 1)
        _answer(paper, block, labels)
        if block.sources:
            paper.add_heading(_text(labels.sources), 2)
        for source in block.sources:
            line = paper.add_paragraph(f"[{source.number}] ")
            line.add_run(_text(source.name)).bold = True
            line.add_run(f" ({_text(source.place)})")
            paper.add_paragraph(_text(source.quoted.quote), style="Quote")
            small = paper.add_paragraph().add_run(f"sha256 {_text(source.quoted.sha256)}")
            small.font.size = Pt(8)
        if block.made_with:
            paper.add_paragraph().add_run(_text(block.made_with)).italic = True
    held = BytesIO()
    paper.save(held)
    return held.getvalue()


def _answer(paper: Paper, block: Block, labels: Labels) -> None:
    for sentence, marks in zip(block.sentences, block.marks, strict=True):
        line = paper.add_paragraph()
        if sentence.verdict == "conflicting":
            line.add_run(_text(labels.disagree) + ": ").bold = True
        line.add_run(_text(sentence.text))
        notes = line.add_run(" " + "".join(f"[{n}]" for n in marks))
        notes.font.superscript = True
    if block.reason:
        paper.add_paragraph(_text(block.reason))


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", one_line(text))
