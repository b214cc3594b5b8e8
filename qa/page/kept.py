"""What is kept, as the page handles it: conversations listed, found, renamed and deleted; why an
answer says what it says; answers taken away; and thumbs.
"""

import base64
import json
import threading
from dataclasses import replace

from qa.answer import Citation
from qa.errors import SavedError
from qa.page import actions, thread
from qa.page.desk import Desk
from qa.page.html import Scene, escaped, plain_name
from qa.page.text import Words
from qa.records import export
from qa.records.conversations import Conversation, Turn, now
from qa.records.export_word import word
from qa.records.receipt import Quoted, receipt
from sources import FootnoteError, page_at

_TYPES = {
    "md": "text/markdown",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}
_REASON = 2000  # characters of a thumb's reason


class Kept:
    """What visitors find again; errors of ours become `{"problem": ...}` at `qa/page/doors.py`."""

    def __init__(self, desk: Desk) -> None:
        """Work with the desk's conversations and documents."""
        self._desk = desk
        self._noting = threading.Lock()

    def listing(self, sought: str, current: str, text: Words) -> str:
        """Return the conversations in which `sought` occurs as HTML."""
        found = self._desk.conversations().list(sought)
        if not found:
            told = text.conversations_not_found if sought.strip() else text.conversations_none
            return f'<p class="fn-note">{told}</p>'
        rows = []
        for one in found:
            count = text.turns_one if one.turns == 1 else text.turns_many
            said = f"{one.updated[:10]} · {count.format(count=one.turns)}"
            here = ' aria-current="true"' if one.id == current else ""
            rows.append(
                f'<li data-conversation="{one.id}"><button type="button" class="fn-recall"{here}>'
                f"<bdi>{escaped(plain_name(one.name))}</bdi><small>{escaped(said)}</small></button>"
                f'<button type="button" class="fn-rename" aria-label="{text.rename}"'
                f' title="{text.rename}">&#9998;&#xFE0E;</button><button type="button"'
                f' class="fn-delete" aria-label="{text.delete}" title="{text.delete}">&#215;</button>'
                "</li>"
            )
        return f'<ul class="fn-kept-list">{"".join(rows)}</ul>'

    def earlier(self, id: str, before: int, text: Words) -> str:
        """Return the turns before number `before` of a conversation as HTML."""
        conversation = self._desk.conversations().load(id)
        return thread.earlier(conversation, before, self._desk.records(), text)

    def rename(self, id: str, name: str) -> None:
        """Give a conversation another name."""
        self._desk.conversations().rename(id, name)

    def delete(self, id: str) -> None:
        """Delete a conversation."""
        self._desk.conversations().delete(id)

    def why(self, id: str, number: int, text: Words) -> str:
        """Return what stands behind an answer as HTML."""
        turn = self.turn(id, number)
        if turn.answer is None:
            return ""
        language = turn.answer.language
        scene = Scene(self._desk.records(), text, language, turn.made.documents)
        return actions.why(turn.answer, scene)

    def thumb(self, id: str, number: int, thumb: str, reason: str) -> None:
        """Keep a judgement in `feedback.jsonl`, and with the turn; an empty one takes it back."""
        given = next((t for t in ("up", "down") if t == thumb), None)
        turn = self.turn(id, number)

        def judged(c: Conversation) -> Conversation:
            turns = list(c.turns)
            turns[number - 1] = replace(turns[number - 1], thumb=given)
            return replace(c, turns=tuple(turns))

        self._desk.conversations().change(id, judged)
        line = {
            "at": now(),
            "conversation": id,
            "turn": number,
            "thumb": given,
            "reason": reason[:_REASON],
            "question": turn.question,
            "answer": turn.answer.text if turn.answer else "",
        }
        file = self._desk.library().location / "feedback.jsonl"
        with self._noting, file.open("a", encoding="utf-8", errors="replace") as notes:
            notes.write(json.dumps(line, ensure_ascii=False) + "\n")

    def take_away(self, id: str, number: int, form: str, text: Words) -> dict[str, str]:
        """Return a turn, or the whole conversation for 0, as a file: name, type, base64 data."""
        whole = self._desk.conversations().load(id)
        turns = (self.turn(id, number),) if number else whole.turns
        if form not in _TYPES:
            raise SavedError(f"There is no form {form!r}; choose one of {', '.join(_TYPES)}.")
        data = self._written(whole.name, turns, form, text)
        stem = "".join(c if c.isalnum() or c in " -_" else " " for c in whole.name)
        name = " ".join(stem.split())[:60] or "footnote"
        return {
            "name": f"{name}.{form}",
            "type": _TYPES[form],
            "data": base64.b64encode(data).decode(),
        }

    def _written(self, name: str, turns: tuple[Turn, ...], form: str, text: Words) -> bytes:
        if form == "json":
            held = receipt(name, turns, self.described)
            return (json.dumps(held, ensure_ascii=False, indent=2) + "\n").encode()
        labels = _labels(text)
        blocks = export.blocks(turns, self.described, labels)
        if form == "docx":
            return word(name, blocks, labels)
        write = export.html if form == "html" else export.markdown
        return write(name, blocks, labels).encode("utf-8", "replace")

    def copied(self, id: str, number: int, text: Words) -> dict[str, str]:
        """Return an answer with its sources, as plain text and as HTML, to be copied."""
        labels = _labels(text)
        turn = self.turn(id, number)
        blocks = export.blocks((turn,), self.described, labels)
        return {
            "plain": export.plain(blocks, labels),
            "html": export.html(turn.question, blocks, labels),
        }

    def described(self, citation: Citation) -> Quoted:
        """Add to a citation what is known of its document."""
        record = self._desk.records().get(citation.file)
        page = None
        if record:
            try:
                page = page_at(self._desk.library().document(citation.file), citation.start)
            except FootnoteError:
                page = None
        return Quoted(
            citation.file,
            citation.start,
            citation.end,
            citation.quote,
            title=citation.title,
            sha256=record.sha256 if record else "",
            published=record.published if record else None,
            language=record.language if record else None,
            page=page,
        )

    def turn(self, id: str, number: int) -> Turn:
        """Return one turn of a kept conversation."""
        turns = self._desk.conversations().load(id).turns
        if not 1 <= number <= len(turns):
            raise SavedError(f"The conversation {id!r} has no question {number}; reload the page.")
        return turns[number - 1]


def _labels(text: Words) -> export.Labels:
    return export.Labels(
        language=text.code,
        sources=text.sources_heading,
        disagree=text.disagree,
        made_with=text.made_with,
        page=text.page,
    )
