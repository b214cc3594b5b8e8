"""What stands below a whole answer, as HTML: copying it, taking it away, judging it, and why it says
what it says. `answers.js` does what the buttons promise.
"""

from qa.answer import Answer, Citation
from qa.page.html import Scene, escaped, plain_name, quotes, source_name
from qa.page.text import Words
from qa.records.conversations import Turn

_SAID = 200  # characters of a passage that was found


def actions(turn: Turn, number: int, words: Words) -> str:
    """Return what can be done with a whole answer; `answers.js` does it."""
    if turn.answer is None:
        return ""
    up, down = ("true" if turn.thumb == t else "false" for t in ("up", "down"))
    return (
        f'<div class="fn-actions" role="group" aria-label="{words.actions}">'
        f'<button type="button" class="fn-copy">{words.copy}</button>{takes(number, words)}'
        f'<button type="button" class="fn-thumb-up" aria-pressed="{up}" aria-label="{words.thumb_up}"'
        f' title="{words.thumb_up}"></button>'
        f'<button type="button" class="fn-thumb-down" aria-pressed="{down}"'
        f' aria-label="{words.thumb_down}" title="{words.thumb_down}"></button>'
        f'<button type="button" class="fn-case">{words.case_add}</button></div>'
        f'<div class="fn-form"></div>'
        f'<details class="fn-why"><summary>{words.why}</summary><div class="fn-why-body"></div>'
        f'</details><div class="fn-onward" role="group" aria-label="{words.ask_next}">{_next(turn)}</div>'
    )


def takes(number: int, words: Words) -> str:
    """Return the menu of forms in which a turn is taken away; 0 is the whole conversation."""
    forms = {
        "md": words.take_markdown,
        "html": words.take_html,
        "docx": words.take_word,
        "json": words.take_receipt,
    }
    rows = "".join(
        f'<button type="button" class="fn-take" data-form="{form}" data-of="{number}">{name}</button>'
        for form, name in forms.items()
    )
    label = words.take_away if number else f"{words.take_away}: {words.take_whole}"
    return (
        f'<details class="fn-takes"><summary aria-label="{label}">{words.take_away}</summary>'
        f"<div>{rows}</div></details>"
    )


def _next(turn: Turn) -> str:
    return "".join(
        f'<button type="button" class="fn-suggested" dir="auto">{escaped(question)}</button>'
        for question in turn.next
    )


def why(answer: Answer, scene: Scene) -> str:
    """Return what was found with its ranks, what was left out and why, models and times."""
    words = scene.words
    rows = "".join(_found(number, answer, scene) for number in range(len(answer.passages)))
    heads = (words.why_passage, words.why_dense, words.why_lexical, words.why_score)
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    found = (
        f'<h3>{words.why_found}</h3><div class="fn-table" tabindex="0" role="region"'
        f' aria-label="{words.why_found}"><table><thead><tr><th scope="col">#</th>{columns}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
        if rows
        else ""
    )
    left_out = "".join(
        f'<li dir="auto"><q>{escaped(one.text)}</q> <small>{escaped(one.reason)}</small></li>'
        for one in answer.dropped
    )
    dropped = f"<ul>{left_out}</ul>" if left_out else f"<p>{words.why_none_dropped}</p>"
    models = ", ".join(dict.fromkeys(answer.models.values()))
    return (
        f"{found}<h3>{words.why_dropped}</h3>{dropped}"
        f"<h3>{words.why_times}</h3><p>{escaped(_times(answer, words))}</p>"
        f"<h3>{words.why_models}</h3><p>{escaped(models)}</p>"
    )


def _found(at: int, answer: Answer, scene: Scene) -> str:
    hit = answer.passages[at]
    inside = [c for c in answer.citations if c.file == hit.path and hit.start <= c.start < hit.end]
    name = escaped(source_name(hit.path, scene.records, hit.title))
    said = escaped(plain_name(hit.text, longest=_SAID))
    quoted = f' <b class="fn-cited">{scene.words.why_cited}</b>' if inside else ""
    whole = Citation(hit.path, hit.title, hit.start, hit.end, hit.text)
    data = quotes([whole], scene)
    ranks = (hit.dense_rank, hit.lexical_rank)
    cells = "".join(f"<td>{rank if rank is not None else '–'}</td>" for rank in ranks)
    return (
        f'<tr><td>{at + 1}</td><td><button type="button" class="fn-hit" {data}><bdi>{name}</bdi>'
        f"<span><bdi>{said}</bdi></span></button>{quoted}</td>{cells}<td>{hit.score:.3f}</td></tr>"
    )


def _times(answer: Answer, words: Words) -> str:
    seconds = answer.seconds
    told = [words.why_retrieve.format(count=f"{seconds.retrieve:.1f}")]
    if seconds.first_quotation is not None:
        told.append(words.why_quotation.format(count=f"{seconds.first_quotation:.1f}"))
    if seconds.first_sentence is not None:
        told.append(words.why_first.format(count=f"{seconds.first_sentence:.1f}"))
    told.append(words.why_total.format(count=f"{seconds.total:.1f}"))
    return " · ".join(told)
