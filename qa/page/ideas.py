"""Questions to begin and to go on with, looked for while nobody is asking; `qa/suggest.py` words and
checks them.
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from qa import suggest
from qa.page.desk import Desk
from qa.page.text import Words
from qa.prompts import SUGGEST_SYSTEM
from qa.records.conversations import Conversation
from qa.records.suggested import Suggested

_DOCUMENTS = 8  # that questions to begin with are drawn from


class Ideas:
    """Looks for questions, for all visitors, whose desks are handed in."""

    def __init__(self, desk: Desk) -> None:
        """Work with the desk's documents and assistant."""
        self._desk = desk
        self._examples: dict[str, list[str]] = {}
        self._looking: threading.Thread | None = None
        self._one = threading.Lock()  # the language model serves those who ask first

    def examples(self, text: Words) -> dict[str, Any]:
        """Return questions to begin with as far as they are checked, and whether that is all."""
        desk, code = self._desk, text.code
        if not desk.settled or desk.ready.exception() or not desk.records():
            return {"questions": [], "done": desk.settled}
        hashes = [record.sha256 for record in desk.records().values()]
        hashes.append(SUGGEST_SYSTEM)  # questions worded in another way are not worth remembering
        memory = Suggested(desk.library().location / f"begin-{code}.json", hashes)
        known = memory.read()
        if known is not None:
            return {"questions": known, "done": True}
        if self._looking is None or not self._looking.is_alive():
            self._examples = {code: []}
            self._looking = threading.Thread(
                target=self._look, args=(text, memory), name="footnote-examples", daemon=True
            )
            self._looking.start()
        return {"questions": list(self._examples.get(code, ())), "done": False}

    def _look(self, text: Words, memory: Suggested) -> None:
        found, library = self._examples[text.code], self._desk.library()
        paths = list(self._desk.records())[:_DOCUMENTS]
        candidates = suggest.to_begin(map(library.document, paths), text.code, self._write())
        for question in self._answerable(candidates, suggest.BEGIN):
            found.append(question)
        if self._free():  # else it was broken off, and is worth another look
            memory.write(found)

    def follow(self, desk: Desk, id: str, number: int) -> list[str]:
        """Return questions that follow from an answer and are answerable; they are kept with it."""
        turns = desk.conversations().load(id).turns
        turn = turns[number - 1]
        if turn.answer is None or turn.next or number < 1:
            return list(turn.next)
        asked = [t.question for t in turns]
        candidates = suggest.to_go_on(turn.answer, desk.library().document, asked, self._write())
        found = tuple(self._answerable(candidates, suggest.GO_ON))

        def grown(c: Conversation) -> Conversation:
            turns = list(c.turns)
            turns[number - 1] = replace(turns[number - 1], next=found)
            return replace(c, turns=tuple(turns))

        if found:
            desk.conversations().change(id, grown)
        return list(found)

    def _write(self) -> suggest.Write | None:
        return suggest.writer(self._desk.ready.result(), self._free)

    def _free(self) -> bool:
        """Whether nobody asks, here or through another door of the line of questions."""
        return self._desk.idle and not getattr(self._desk.ready.result(), "running", 0)

    def _answerable(self, candidates: Iterable[suggest.Idea], most: int) -> Iterator[str]:
        """Yield what is answerable, as far as nobody asks meanwhile: questions come first."""
        check = suggest.checker(self._desk.ready.result())
        with self._one:
            yield from suggest.answerable(
                candidates, lambda idea: self._free() and check(idea), most
            )
