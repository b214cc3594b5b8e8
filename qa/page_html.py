"""The conversation and the document list as HTML. Everything that comes from a document, a model or
a user passes through `escaped`; nothing is ever read as HTML or Markdown. Knows no Gradio.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import PurePosixPath

from index import DocumentRecord, Hit
from qa.answer import Answer, Citation, Sentence
from qa.page_run import Turn
from qa.page_text import Words

Records = Mapping[str, DocumentRecord]

_SPOKEN = 300  # characters of a quote in a chip's spoken name
_NEAREST = 5  # passages shown under an abstention
_EXCERPT = 240  # characters of a passage shown under an abstention
_KEPT = 24  # characters of a last word that stay on one line with the chip
_NAME = 60  # characters of a source's name

VIEWER = """
<section class="fn-viewer" aria-labelledby="fn-source-name">
  <header class="fn-source-head" hidden>
    <div class="fn-source-names">
      <h2 id="fn-source-name"><bdi></bdi></h2>
      <p class="fn-source-facts"></p>
    </div>
    <div class="fn-source-moves">
      <button type="button" class="fn-previous" hidden>&#8249;</button>
      <span class="fn-position" hidden></span>
      <button type="button" class="fn-next" hidden>&#8250;</button>
      <button type="button" class="fn-close">&#215;</button>
    </div>
  </header>
  <div class="fn-empty"><h2></h2><p></p></div>
  <div class="fn-source" tabindex="0" role="region" aria-labelledby="fn-source-name" hidden></div>
  <p class="fn-unseen fn-said" role="status"></p>
</section>
"""
"""The empty viewer; `page.js` fills it."""


def header(words: Words) -> str:
    """Return the top of the page: its name, and the switches for documents and for light."""
    return (
        '<header class="fn-top"><h1>Footnote</h1>'
        f'<p class="fn-tagline">{words.tagline}</p>'
        f'<button type="button" class="fn-toggle-documents" aria-expanded="false"'
        f' aria-controls="fn-left">{words.documents}</button>'
        f'<button type="button" class="fn-toggle-light" aria-label="{words.theme}"'
        f' title="{words.theme}"><span aria-hidden="true">&#9680;</span></button></header>'
    )


def escaped(text: str) -> str:
    """Return `text` safe between tags and inside quoted attributes.

    U+0000, which HTML cannot hold, becomes U+FFFD.
    """
    return escape(text.replace("\x00", "\ufffd"), quote=True)


def plain_name(text: str) -> str:
    r"""Return a title or path fit for a label: one line, no control or direction characters.

    At most three combining marks follow a letter, and 60 characters stay.

    >>> plain_name("safe\u202etxt.exe\n")
    'safetxt.exe'
    """
    kept: list[str] = []
    marks = 0
    for char in " ".join(text.split()):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= 3 and category not in ("Cc", "Cf", "Cs", "Co"):
            kept.append(char)
    name = "".join(kept)
    return name if len(name) <= _NAME else name[: _NAME - 1].rstrip() + "…"


def source_name(path: str, records: Records, title: str | None = None) -> str:
    """Return the short name of a source: its title, else its file's name without the suffix."""
    record = records.get(path)
    name = plain_name(title or (record.title if record else None) or "")
    return name or plain_name(PurePosixPath(path).stem) or plain_name(path) or "?"


def conversation(turns: Sequence[Turn], records: Records, words: Words) -> str:
    """Return the whole conversation, or the welcome where there is none yet."""
    if not turns:
        return (
            f'<div class="fn-welcome"><h2>{words.welcome}</h2><p>{words.welcome_detail}</p></div>'
        )
    items = "".join(
        f'<li class="fn-turn" id="fn-turn-{number}">{_turn(turn, records, words)}</li>'
        for number, turn in enumerate(turns, 1)
    )
    return f'<ol class="fn-turns" role="log" aria-label="{words.conversation}">{items}</ol>'


def _turn(turn: Turn, records: Records, words: Words) -> str:
    busy = "true" if turn.stage else "false"
    return (
        f'<div class="fn-question"><span class="fn-unseen">{words.you}:</span>'
        f'<p dir="auto">{escaped(turn.question)}</p></div>'
        f'<div class="fn-answer" role="group" aria-label="{words.answer}" aria-busy="{busy}">'
        f"{_sentences(turn.sentences, records, words)}{_ending(turn, records, words)}</div>"
    )


def _sentences(sentences: Sequence[Sentence], records: Records, words: Words) -> str:
    parts: list[str] = []
    for verdict, group in groupby(sentences, key=lambda s: s.verdict):
        if verdict == "conflicting":
            rows = "".join(_conflicting(s, records, words) for s in group)
            parts.append(
                f'<section class="fn-conflict" aria-label="{words.disagree}">'
                f"<h3>{words.disagree}</h3>{rows}</section>"
            )
        else:
            told = " ".join(_sentence(s, records, words) for s in group)
            parts.append(f'<p class="fn-text" dir="auto">{told}</p>')
    return "".join(parts)


def _sentence(sentence: Sentence, records: Records, words: Words) -> str:
    body, space, last = sentence.text.rstrip().rpartition(" ")
    if len(last) > _KEPT:
        body, space, last = sentence.text, "", ""
    return (  # the chip stays on the line of the last word
        f'<span class="fn-sentence"><bdi>{escaped(body + space)}<span class="fn-keep">'
        f"{escaped(last)}&nbsp;{chip(sentence.citations, records, words)}</span></bdi></span>"
    )


def _conflicting(sentence: Sentence, records: Records, words: Words) -> str:
    quotes = "".join(
        f'<button type="button" class="fn-quote" {_data([c], records)}>'
        f'<span class="fn-quote-source">{_source_line(c.file, records, c.title)}</span>'
        f'<q dir="auto">{escaped(c.quote)}</q></button>'
        for c in sentence.citations
    )
    told = _sentence(sentence, records, words)
    return f'<div class="fn-side"><p class="fn-text" dir="auto">{told}</p>{quotes}</div>'


def chip(citations: Sequence[Citation], records: Records, words: Words) -> str:
    """Return the button a sentence ends in: its first source's name, and "+N" for N more."""
    if not citations:
        return ""
    first = citations[0]
    name = source_name(first.file, records, first.title)
    spoken = words.chip.format(name=name, quote=first.quote[:_SPOKEN])
    more = f'<span class="fn-more">+{len(citations) - 1}</span>' if len(citations) > 1 else ""
    return (
        f'<button type="button" class="fn-chip" {_data(citations, records)}'
        f' aria-label="{escaped(spoken)}"><bdi>{escaped(name)}</bdi>{more}</button>'
    )


def _data(citations: Sequence[Citation], records: Records) -> str:
    """Return the attributes that tell the page's script where the quotations stand."""
    first = citations[0]
    rows = [
        {
            "file": c.file,
            "start": c.start,
            "end": c.end,
            "quote": c.quote,
            "name": source_name(c.file, records, c.title),
            "facts": _facts(c.file, records),
        }
        for c in citations
    ]
    return (
        f'data-file="{escaped(first.file)}" data-start="{first.start}" data-end="{first.end}"'
        f' data-quotes="{escaped(json.dumps(rows, ensure_ascii=False))}"'
    )


def _facts(path: str, records: Records) -> str:
    """Return what is known of a source beside its name: its date and its language."""
    record = records.get(path)
    facts = [record.published, record.language.upper()] if record else []
    return " · ".join(plain_name(fact) for fact in facts if fact)


def _source_line(path: str, records: Records, title: str | None) -> str:
    facts = _facts(path, records)
    name = f"<bdi>{escaped(source_name(path, records, title))}</bdi>"
    return f"{name} <small>{escaped(facts)}</small>" if facts else name


def _ending(turn: Turn, records: Records, words: Words) -> str:
    if turn.stage:
        label = getattr(words, turn.stage, turn.stage)
        seconds = words.seconds.format(count=int(turn.seconds))
        return (
            f'<p class="fn-stage"><span class="fn-pulse" aria-hidden="true"></span>{label}…'
            f' <span class="fn-seconds" aria-hidden="true">{seconds}</span></p>'
        )
    if turn.problem:
        return f'<p class="fn-problem" role="alert" dir="auto">{escaped(turn.problem)}</p>'
    if turn.stopped:
        return f'<p class="fn-note">{words.stopped}</p>'
    if turn.answer and turn.answer.abstained:
        return _abstention(turn.answer, records, words)
    return _footer(turn.answer, words) if turn.answer else ""


def _abstention(answer: Answer, records: Records, words: Words) -> str:
    reason = answer.reason or words.abstained
    near = "".join(f"<li>{_passage(hit, records)}</li>" for hit in answer.passages[:_NEAREST])
    shown = (
        f'<p class="fn-looked">{words.looked_for}: <q dir="auto">{escaped(answer.question)}</q></p>'
        f'<h4>{words.nearest}</h4><ol class="fn-near">{near}</ol>'
        if near
        else ""  # nothing was looked for: small talk, or an empty folder
    )
    return (
        f'<section class="fn-abstained"><p class="fn-text" dir="auto">{escaped(reason)}</p>'
        f"{shown}</section>{_footer(answer, words)}"
    )


def _passage(hit: Hit, records: Records) -> str:
    whole = Citation(hit.path, hit.title, hit.start, hit.end, hit.text)
    short = " ".join(hit.text[: _EXCERPT * 2].split())
    excerpt = short if len(short) <= _EXCERPT else short[:_EXCERPT].rstrip() + "…"
    return (
        f'<button type="button" class="fn-quote" {_data([whole], records)}>'
        f'<span class="fn-quote-source">{_source_line(hit.path, records, hit.title)}</span>'
        f'<span class="fn-excerpt" dir="auto">{escaped(excerpt)}</span></button>'
    )


def _footer(answer: Answer, words: Words) -> str:
    facts = [words.seconds.format(count=f"{answer.seconds.total:.1f}")]
    count = len(answer.dropped)
    if count:
        facts.append(words.removed_one if count == 1 else words.removed_many.format(count=count))
    return f'<p class="fn-note">{escaped(" · ".join(facts))}</p>'


def documents(records: Iterable[DocumentRecord], words: Words) -> str:
    """Return the document list: a tick box to search in it, and a button to open it."""
    rows = []
    for record in records:
        known = {record.path: record}
        name = source_name(record.path, known)
        facts = _facts(record.path, known)
        include = escaped(words.include.format(name=name))
        opening = escaped(words.open_document.format(name=name))
        rows.append(
            f'<li><input type="checkbox" checked class="fn-include" aria-label="{include}"'
            f' data-file="{escaped(record.path)}">'
            f'<button type="button" class="fn-open" data-file="{escaped(record.path)}"'
            f' aria-label="{opening}"><bdi>{escaped(name)}</bdi>'
            f"<small>{escaped(facts)}</small></button></li>"
        )
    if not rows:
        return f'<p class="fn-note">{words.documents_none}</p>'
    return (
        f'<label class="fn-all"><input type="checkbox" checked id="fn-all">{words.select_all}'
        f' <small>{len(rows)}</small></label><ul class="fn-documents">{"".join(rows)}</ul>'
    )


def progress(words: Words, done: int, total: int, path: str) -> str:
    """Return the bar shown while documents are brought up to date."""
    value = f' value="{done}" max="{total}"' if total else ""
    return (
        f'<div class="fn-progress" role="status"><label>{words.syncing}'
        f" <small>{done}/{total}</small><progress{value}></progress></label>"
        f"<small><bdi>{escaped(plain_name(path))}</bdi></small></div>"
    )


def notice(
    lines: Sequence[str], *, skipped: Mapping[str, str] | None = None, title: str = ""
) -> str:
    """Return what came of an upload or a sync, and the files that were skipped with reasons."""
    told = "".join(f'<p dir="auto">{escaped(line)}</p>' for line in lines)
    rows = "".join(
        f"<li><b><bdi>{escaped(plain_name(path))}</bdi></b> {escaped(reason)}</li>"
        for path, reason in (skipped or {}).items()
    )
    left = f"<details><summary>{escaped(title)}</summary><ul>{rows}</ul></details>" if rows else ""
    return f'<div class="fn-notice" role="status">{told}{left}</div>' if told or left else ""
