"""The conversation as HTML: questions, sentences that end in chips, disagreements, abstentions.
What models and documents say passes through `escaped` (`qa/page/html.py`); the chips carry in
their attributes where each quotation stands, for `viewer.js`.
"""

from collections.abc import Sequence
from itertools import groupby

from index import Hit
from qa.answer import Answer, Citation, Sentence
from qa.page.actions import actions, takes
from qa.page.html import (
    Records,
    Scene,
    escaped,
    facts,
    named_language,
    plain_name,
    quotes,
    source_name,
)
from qa.page.text import Words
from qa.question import language_of
from qa.records.conversations import Conversation, Turn

_SPOKEN = 300  # characters of a quote in a chip's spoken name
_NEAREST = 5  # passages shown under an abstention
_EXCERPT = 240  # characters of such a passage
_KEPT = 24  # characters of a last word that stay on one line with the chip


def welcome(words: Words) -> str:
    """Return what stands there before the first question; `ideas.js` adds examples."""
    return (
        f'<div class="fn-welcome"><h2>{words.welcome}</h2><p>{words.welcome_detail}</p>'
        f'<div class="fn-examples" role="group" aria-label="{words.try_asking}"></div></div>'
    )


def title(conversation: Conversation, words: Words) -> str:
    """Return the conversation's name, and how to take all of it away."""
    name = plain_name(conversation.name)
    return (
        f'<header class="fn-talk-head" data-conversation="{conversation.id}">'
        f'<h2 dir="auto"><bdi>{escaped(name)}</bdi></h2>{takes(0, words)}</header>'
    )


def turns(shown: Sequence[Turn], first: int, records: Records, words: Words) -> str:
    """Return turns as list items; `first` is the number of the first, from 1."""
    items = "".join(
        f'<li class="fn-turn" id="fn-turn-{number}" data-turn="{number}" value="{number}">'
        f"{_turn(turn, number, records, words)}</li>"
        for number, turn in enumerate(shown, first)
    )
    return f'<ol class="fn-turns">{items}</ol>' if items else ""


def more_before(count: int, words: Words) -> str:
    """Return the button that fetches the `count` turns before those shown; nothing for none."""
    if not count:
        return ""
    told = words.earlier_one if count == 1 else words.earlier_many.format(count=count)
    return f'<button type="button" class="fn-earlier" data-before="{count + 1}">{told}</button>'


def latest(items: str, words: Words) -> str:
    """Return the newest turn, which screen readers follow as it grows."""
    return f'<div role="log" aria-label="{words.conversation}">{items}</div>'


def _turn(turn: Turn, number: int, records: Records, words: Words) -> str:
    busy = "true" if turn.stage else "false"
    language = turn.answer.language if turn.answer else _likely(turn)
    scene = Scene(records, words, language, turn.made.documents)
    return (
        f'<div class="fn-question"><span class="fn-unseen">{words.you}:</span>'
        f'<p dir="auto">{escaped(turn.question)}</p></div>'
        f'<div class="fn-answer" role="group" aria-label="{words.answer}" aria-busy="{busy}">'
        f"{_sentences(turn.sentences, scene)}{_found(turn.found, scene)}{_ending(turn, scene)}"
        f"{actions(turn, number, words)}"
        "</div>"
    )


def _likely(turn: Turn) -> str:
    """Return the language of an answer that is still being written, from its first sentence."""
    return language_of(turn.sentences[0].text) if turn.sentences else ""


def _sentences(sentences: Sequence[Sentence], scene: Scene) -> str:
    parts: list[str] = []
    words = scene.words
    for verdict, group in groupby(sentences, key=lambda s: s.verdict):
        if verdict == "conflicting":
            rows = "".join(_conflicting(s, scene) for s in group)
            parts.append(
                f'<section class="fn-conflict" aria-label="{words.disagree}">'
                f"<h3>{words.disagree}</h3>{rows}</section>"
            )
        else:
            told = " ".join(_sentence(s, scene) for s in group)
            parts.append(f'<p class="fn-text" dir="auto">{told}</p>')
    return "".join(parts)


def _sentence(sentence: Sentence, scene: Scene) -> str:
    body, space, last = sentence.text.rstrip().rpartition(" ")
    if len(last) > _KEPT:
        body, space, last = sentence.text, "", ""
    return (  # the chip stays on the line of the last word
        f'<span class="fn-sentence"><bdi>{escaped(body + space)}<span class="fn-keep">'
        f"{escaped(last)}&nbsp;{chip(sentence.citations, scene)}</span></bdi></span>"
    )


def _conflicting(sentence: Sentence, scene: Scene) -> str:
    cards = "".join(_card(c, scene) for c in sentence.citations)
    told = _sentence(sentence, scene)
    return f'<div class="fn-side"><p class="fn-text" dir="auto">{told}</p>{cards}</div>'


def _found(found: Citation | None, scene: Scene) -> str:
    """Return the quotation that answers, which stands there until a sentence does."""
    if found is None:
        return ""
    label = scene.words.found
    return f'<section class="fn-found" aria-label="{label}"><h3>{label}</h3>{_card(found, scene)}</section>'


def _card(citation: Citation, scene: Scene) -> str:
    """Return a quotation in full, as a button that opens it in its document."""
    source = _source_line(citation.file, scene, citation.title)
    return (
        f'<button type="button" class="fn-quote" {quotes([citation], scene)}>'
        f'<span class="fn-quote-source">{source}</span>'
        f'<q dir="auto">{escaped(citation.quote)}</q></button>'
    )


def chip(citations: Sequence[Citation], scene: Scene) -> str:
    """Return the button a sentence ends in: its first source's name, and "+N" for N more.

    It says when the quote is in another language than the answer, and when its document changed.
    """
    if not citations:
        return ""
    first, words = citations[0], scene.words
    name = source_name(first.file, scene.records, first.title)
    count = len(citations) - 1
    counted = f"{name} +{count}" if count else name
    spoken = [words.chip.format(name=counted, quote=first.quote[:_SPOKEN])]
    tongue = scene.tongue(first.quote)
    label = changed = ""
    if tongue:
        spoken.append(words.quote_in.format(language=named_language(tongue, words)))
        label = f'<span class="fn-tongue" aria-hidden="true">{tongue.upper()}</span>'
    if any(scene.changed(c.file) for c in citations):
        spoken.append(words.changed)
        changed = '<span class="fn-changed" aria-hidden="true">&#8800;</span>'
    more = f' <span class="fn-more">+{count}</span>' if count else ""
    return (
        f'<button type="button" class="fn-chip" {quotes(citations, scene)}'
        f' aria-label="{escaped(" ".join(spoken))}"><bdi>{escaped(name)}</bdi>{label}{changed}'
        f"{more}</button>"
    )


def _source_line(path: str, scene: Scene, title: str | None) -> str:
    said = facts(path, scene.records)
    name = f"<bdi>{escaped(source_name(path, scene.records, title))}</bdi>"
    return f"{name} <small>{escaped(said)}</small>" if said else name


def _ending(turn: Turn, scene: Scene) -> str:
    words = scene.words
    if turn.stage:
        label = getattr(words, turn.stage, turn.stage)
        if turn.stage == "waiting" and turn.ahead:
            told = words.ahead_one if turn.ahead == 1 else words.ahead_many
            label = told.format(count=turn.ahead)
        seconds = words.seconds.format(count=int(turn.seconds))
        return (
            f'<p class="fn-stage" role="status"><span class="fn-pulse" aria-hidden="true"></span>'
            f'{label}… <span class="fn-seconds" aria-hidden="true">{seconds}</span></p>'
        )
    if turn.problem:
        return f'<p class="fn-problem" role="alert" dir="auto">{escaped(turn.problem)}</p>'
    if turn.stopped:
        return f'<p class="fn-note">{words.stopped}</p>'
    if turn.answer and turn.answer.abstained:
        return _abstention(turn.answer, scene)
    return f"{_left(turn.answer)}{_footer(turn.answer, words)}" if turn.answer else ""


def _left(answer: Answer) -> str:
    """Return what an answer says of the part of the question that it leaves open."""
    reason = answer.reason
    return f'<p class="fn-text fn-left" dir="auto">{escaped(reason)}</p>' if reason else ""


def _abstention(answer: Answer, scene: Scene) -> str:
    words = scene.words
    reason = answer.reason or words.abstained
    near = "".join(f"<li>{passage(hit, scene)}</li>" for hit in answer.passages[:_NEAREST])
    asked = (
        f'<p class="fn-looked">{words.looked_for}: <q dir="auto">{escaped(answer.question)}</q></p>'
    )
    looked = "" if answer.question.strip() in reason else asked
    shown = (
        f'{looked}<h3>{words.nearest}</h3><ol class="fn-near">{near}</ol>'
        if near
        else ""  # nothing was looked for: small talk, or an empty folder
    )
    return (
        f'<section class="fn-abstained"><p class="fn-text" dir="auto">{escaped(reason)}</p>'
        f"{shown}</section>{_footer(answer, words)}"
    )


def passage(hit: Hit, scene: Scene) -> str:
    """Return a passage as a button that opens it in its document."""
    whole = Citation(hit.path, hit.title, hit.start, hit.end, hit.text)
    short = " ".join(hit.text[: _EXCERPT * 2].split())
    excerpt = short if len(short) <= _EXCERPT else short[:_EXCERPT].rstrip() + "…"
    return (
        f'<button type="button" class="fn-quote" {quotes([whole], scene)}>'
        f'<span class="fn-quote-source">{_source_line(hit.path, scene, hit.title)}</span>'
        f'<span class="fn-excerpt" dir="auto">{escaped(excerpt)}</span></button>'
    )


def _footer(answer: Answer, words: Words) -> str:
    told = [words.seconds.format(count=f"{answer.seconds.total:.1f}")]
    count = len(answer.dropped)
    if count:
        told.append(words.removed_one if count == 1 else words.removed_many.format(count=count))
    return f'<p class="fn-note">{escaped(" · ".join(told))}</p>'
