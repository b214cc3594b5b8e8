"""Answers a question step by step, for a page that shows each step, and keeps the turn when it is
whole, broken off or refused.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from qa.answer import Answer, Sentence
from qa.errors import SavedError
from qa.page import thread
from qa.page.desk import Desk
from qa.page.run import Event, Run, chosen
from qa.page.text import Words
from qa.records.conversations import Conversation, Made, Turn, begin, now
from sources import FootnoteError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """One state of the page while a question is answered; `past` is `None` where it stays."""

    past: str | None
    now: str
    conversation: Conversation | None
    busy: bool
    begins: bool = False


class Asking:
    """Answers one visitor; whoever else asks has another desk over the same assistant."""

    def __init__(self, desk: Desk) -> None:
        """Answer with the desk's assistant, and keep with its conversations."""
        self._desk = desk

    def ask(
        self,
        question: str,
        paths: str,
        text: Words,
        conversation: Conversation | None,
        session: str,
    ) -> Iterator[Shown]:
        """Yield the page's states from the question to its whole answer.

        Args:
            question: as typed.
            paths: JSON list of ticked documents, or "" for all.
            text: the words of the interface.
            conversation: so far; `None` begins one.
            session: who asks; `stop` takes the same.
        """
        asked = question.strip().encode("utf-8", "replace").decode()
        if not asked:
            shown = thread.present(conversation, self._desk.records(), text)
            yield Shown(None, shown, conversation, busy=False)
            return
        held = self._desk.fresh(conversation) or begin(asked)

        def newest(turn: Turn) -> str:
            return thread.newest(turn, len(held.turns) + 1, self._desk.records(), text)

        turn = Turn(asked, stage="waiting" if self._desk.settled else "loading")
        past: str | None = thread.whole(held, self._desk.records(), text)
        yield Shown(past, newest(turn), held, busy=True, begins=True)
        only = chosen(paths)
        if only == []:
            turn = replace(turn, stage=None, problem=text.nothing_selected)
            yield Shown(past, newest(turn), replace(held, turns=(*held.turns, turn)), busy=False)
            return
        if held.turns:
            past = None  # shown already; a first question's is short, and told again each time
        try:
            for step in self._answered(turn, only, text, held, session):
                turn = step
                busy = turn.stage is not None
                yield Shown(past, newest(turn), held if busy else self._keep(held, turn), busy=busy)
        except GeneratorExit:
            if turn.stage:  # the visitor left; what was verified until then is kept
                self._keep(held, replace(turn, stage=None, stopped=True))
            raise

    def _answered(
        self,
        turn: Turn,
        paths: list[str] | None,
        text: Words,
        conversation: Conversation,
        session: str,
    ) -> Iterator[Turn]:
        history = [t.exchange for t in conversation.turns if t.exchange]

        def produce() -> Iterator[Event]:
            assistant = self._desk.ready.result()
            who = self._desk.visitor
            return assistant.stream(turn.question, history=history, paths=paths, who=who)

        run: Run[Event] = Run(produce)
        self.stop(session)
        self._desk.runs[session] = run
        started = time.monotonic()
        try:
            for item in run:
                turn = replace(_grown(turn, item), seconds=time.monotonic() - started)
                yield turn
        except FootnoteError as error:
            yield replace(turn, stage=None, problem=str(error))
        except Exception:
            _log.exception("A question could not be answered.")
            yield replace(turn, stage=None, problem=text.failed)
        else:
            if turn.answer is None:
                yield replace(turn, stage=None, stopped=True)
        finally:
            run.stop()
            if self._desk.runs.get(session) is run:
                del self._desk.runs[session]

    def stop(self, session: str) -> None:
        """End the answer that is being written for `session`, if any."""
        run = self._desk.runs.get(session)
        if run:
            run.stop()

    def _keep(self, conversation: Conversation, turn: Turn) -> Conversation:
        """Add a finished turn to a conversation, on disk too unless there is no index."""
        documents = {
            path: r.sha256 for path, r in self._desk.records().items() if path in _named(turn)
        }
        try:
            made = Made(self._desk.library().generation(), self._desk.settings(), documents)
            turn = replace(turn, made=made)
            whole = self._desk.fresh(conversation) or conversation
            grown = replace(whole, turns=(*whole.turns, turn), updated=now())
            self._desk.conversations().save(grown)
        except SavedError as error:
            _log.warning("%s", error)
        except FootnoteError:  # without an index nothing is kept, and the turn says why
            grown = replace(conversation, turns=(*conversation.turns, turn))
        return grown


def _named(turn: Turn) -> set[str]:
    cited = {c.file for s in turn.sentences for c in s.citations}
    cited |= {turn.found.file} if turn.found else set()
    return cited | ({hit.path for hit in turn.answer.passages} if turn.answer else set())


def _grown(turn: Turn, item: Event) -> Turn:
    """Return the turn with one more thing the assistant has yielded."""
    if isinstance(item, Answer):
        return replace(turn, stage=None, answer=item, sentences=item.sentences, found=None)
    if isinstance(item, Sentence):
        return replace(turn, sentences=(*turn.sentences, item), found=None)
    return replace(turn, stage=item.name, ahead=item.ahead, found=item.found)
