"""The conversation as HTML: questions, sentences that end in chips, disagreements, abstentions.
What models and documents say passes through `escaped` (`qa/page_html.py`); the chips carry in
their attributes where each quotation stands, for `page.js`.
"""

import json
from collections.abc import Sequence
from itertools import groupby

from index import Hit
from qa.answer import Answer, Citation, Sentence
from qa.page_html import Records, escaped, facts, source_name
from qa.page_run import Turn
from qa.page_text import Words

_SPOKEN = 300  # characters of a quote in a chip's spoken name
_NEAREST = 5  # passages shown under an abstention
_EXCERPT = 240  # characters of such a passage
_KEPT = 24  # characters of a last word that stay on one line with the chip


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
            "facts": facts(c.file, records),
        }
        for c in citations
    ]
    return (
        f'data-file="{escaped(first.file)}" data-start="{first.start}" data-end="{first.end}"'
        f' data-quotes="{escaped(json.dumps(rows, ensure_ascii=False))}"'
    )


def _source_line(path: str, records: Records, title: str | None) -> str:
    said = facts(path, records)
    name = f"<bdi>{escaped(source_name(path, records, title))}</bdi>"
    return f"{name} <small>{escaped(said)}</small>" if said else name


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
    asked = (
        f'<p class="fn-looked">{words.looked_for}: <q dir="auto">{escaped(answer.question)}</q></p>'
    )
    looked = "" if answer.question.strip() in reason else asked
    shown = (
        f'{looked}<h4>{words.nearest}</h4><ol class="fn-near">{near}</ol>'
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
    told = [words.seconds.format(count=f"{answer.seconds.total:.1f}")]
    count = len(answer.dropped)
    if count:
        told.append(words.removed_one if count == 1 else words.removed_many.format(count=count))
    return f'<p class="fn-note">{escaped(" · ".join(told))}</p>'
