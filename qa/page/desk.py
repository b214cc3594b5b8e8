"""What the page does when asked a question: answers it step by step, keeps it, and hands out the
sources. Knows no Gradio: `qa/page/layout.py` connects it to the components, and the other rooms
(`qa/page/documents.py`, `qa/page/kept.py`, `qa/page/trials.py`) work with it.
"""

import copy
import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from index import DocumentRecord
from qa.answer import Answer, Sentence
from qa.errors import SavedError
from qa.page import talk
from qa.page.html import plain_name, source_name
from qa.page.images import picture
from qa.page.marks import marks, place_of
from qa.page.run import Event, Library, Run, Source, chosen, soon
from qa.page.source import view
from qa.page.text import Words
from qa.records.conversations import Conversation, Conversations, Made, Turn, begin, now
from sources import FootnoteError, Span, page_at

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """One state of the page while a question is answered; `past` is `None` where it stays."""

    past: str | None
    now: str
    conversation: Conversation | None
    busy: bool
    begins: bool = False


class Desk:
    """Serves all visitors; each visitor's conversation is handed in and out."""

    def __init__(
        self,
        assistant: Source,
        *,
        index: Library | None = None,
        folder: Path | None = None,
        suffixes: Collection[str] = (),
        read_only: bool = False,
    ) -> None:
        """Begin to make the assistant; `index` lets documents be read before it is made."""
        self.ready = soon(assistant)
        self.read_only = read_only
        self.visitor = ""
        self._given = index
        self.folder = folder
        self.suffixes = frozenset(suffixes)
        self._runs: dict[str, Run[Event]] = {}
        self._conversations: Conversations | None = None

    def of(self, visitor: str) -> "Desk":
        """Return the same desk with the conversations of one visitor."""
        mine = copy.copy(self)
        mine.visitor, mine._conversations = visitor, None
        return mine

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
            yield Shown(None, self.present(conversation, text), conversation, busy=False)
            return
        held = self.fresh(conversation) or begin(asked)
        turn = Turn(asked, stage="waiting" if self.settled else "loading")
        past: str | None = self._past(held, held.turns, text)
        yield Shown(past, self._now(turn, held, text), held, busy=True, begins=True)
        only = chosen(paths)
        if only == []:
            turn = replace(turn, stage=None, problem=text.nothing_selected)
            grown = replace(held, turns=(*held.turns, turn))
            yield Shown(past, self._now(turn, held, text), grown, busy=False)
            return
        if held.turns:
            past = None  # shown already; a first question's is short, and told again each time
        try:
            for step in self._answered(turn, only, text, held, session):
                turn = step
                grown = held if turn.stage else self._keep(held, turn)
                busy = turn.stage is not None
                yield Shown(past, self._now(turn, held, text), grown, busy=busy)
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
            assistant = self.ready.result()
            return assistant.stream(turn.question, history=history, paths=paths)

        run: Run[Event] = Run(produce)
        self.stop(session)
        self._runs[session] = run
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
            if self._runs.get(session) is run:
                del self._runs[session]

    def stop(self, session: str) -> None:
        """End the answer that is being written for `session`, if any."""
        run = self._runs.get(session)
        if run:
            run.stop()

    @property
    def idle(self) -> bool:
        """Whether nobody is being answered now."""
        return not self._runs

    # ---- conversations

    def conversations(self) -> Conversations:
        """Return the visitor's about this folder; waits until there is an index.

        Raises:
            FootnoteError: there cannot be one.
        """
        if self._conversations is None:
            kept = self.library().location / "conversations"
            self._conversations = Conversations(kept / self.visitor if self.visitor else kept)
        return self._conversations

    def fresh(self, conversation: Conversation | None) -> Conversation | None:
        """Return a conversation as it is on disk, where it is there."""
        if conversation is None or not self.at_hand:
            return conversation
        try:
            return self.conversations().load(conversation.id)
        except FootnoteError:
            return conversation

    def _keep(self, conversation: Conversation, turn: Turn) -> Conversation:
        """Add a finished turn to a conversation, on disk too unless there is no index."""
        documents = {path: r.sha256 for path, r in self.records().items() if path in _named(turn)}
        try:
            made = Made(self.library().generation(), self._settings(), documents)
            turn = replace(turn, made=made)
            whole = self.fresh(conversation) or conversation
            grown = replace(whole, turns=(*whole.turns, turn), updated=now())
            self.conversations().save(grown)
        except SavedError as error:
            _log.warning("%s", error)
        except FootnoteError:  # without an index nothing is kept, and the turn says why
            grown = replace(conversation, turns=(*conversation.turns, turn))
        return grown

    def _settings(self) -> dict[str, str]:
        """Return how answers are made, as it stands in receipts: without the key."""
        held = self.ready.result()
        settings = getattr(getattr(held, "assistant", held), "settings", None)
        told = {k: str(v) for k, v in asdict(settings).items()} if settings else {}
        told.pop("key", None)
        if settings and settings.endpoint:
            parts = urlsplit(settings.endpoint)
            told["endpoint"] = f"{parts.scheme}://{parts.hostname}{parts.path}"
        return told

    def past(self, conversation: Conversation | None, text: Words) -> str:
        """Return a conversation up to its last turn, or the welcome, as HTML."""
        if conversation is None:
            return talk.welcome(text)
        return self._past(conversation, conversation.turns[:-1], text)

    def present(self, conversation: Conversation | None, text: Words) -> str:
        """Return a conversation's last turn as HTML."""
        if conversation is None or not conversation.turns:
            return ""
        return self._now(
            conversation.turns[-1], replace(conversation, turns=conversation.turns[:-1]), text
        )

    def _past(self, conversation: Conversation, turns: Sequence[Turn], text: Words) -> str:
        title = talk.title(conversation, text)
        return title + talk.turns(turns, 1, self.records(), text)

    def _now(self, turn: Turn, before: Conversation, text: Words) -> str:
        number = len(before.turns) + 1
        return talk.latest(talk.turns([turn], number, self.records(), text), text)

    # ---- documents

    @property
    def settled(self) -> bool:
        """Whether the assistant has been made, or cannot be."""
        return self.ready.done()

    @property
    def writable(self) -> bool:
        """Whether visitors may add and remove documents."""
        return self.folder is not None and not self.read_only

    @property
    def at_hand(self) -> bool:
        """Whether the index can be used without waiting."""
        return self._given is not None or (self.settled and not self.ready.exception())

    def library(self) -> Library:
        """Return the index; waits until there is one."""
        return self._given or self.ready.result().index

    def records(self) -> Mapping[str, DocumentRecord]:
        """Return what is known of each document, by path; nothing before there is an index."""
        if not self.at_hand:
            return {}
        return {record.path: record for record in self.library().documents()}

    def source(self, file: str, start: int, end: int, **more: Any) -> dict[str, Any]:
        """Return a document for the viewer, or `{"gone": true}` where it cannot be shown.

        Args:
            file: path of a document in the index.
            start: where the quotation starts; equal to `end` for none.
            end: where it ends.
            more: `quote`, its words when it was quoted; `also`, pairs of offsets of the answer's
                other quotations; `stretch`, the offsets to show, else chosen by
                `qa/page/source.py`.
        """
        try:
            record = self.records()[str(file)]
            document = self.library().document(record.path)
            place = place_of(document.text, int(start), int(end), str(more.get("quote") or ""))
            stretch = more.get("stretch")
            part = Span(int(stretch[0]), int(stretch[1])) if stretch else None
            also = marks(document.text, more.get("also"))
            shown = asdict(view(document, place.span, part, also))
        except (KeyError, TypeError, ValueError, IndexError, FootnoteError):
            return {"gone": True}
        page = page_at(document, place.span.start if place.span else 0)
        return shown | {
            "name": source_name(record.path, {record.path: record}),
            "path": plain_name(record.path),
            "language": record.language,
            "published": record.published,
            "state": place.state,
            "page": page or 0,
            "pictured": bool(page) and record.path.lower().endswith(".pdf") and bool(self.folder),
        }

    def page(self, file: str, number: int, quote: str) -> dict[str, Any]:
        """Return a PDF's page as a picture, or `{"gone": true}` where it cannot be shown."""
        try:
            record = self.records()[str(file)]
            assert self.folder is not None
            shown = picture(self.folder / record.path, int(number), str(quote), record.sha256)
        except (KeyError, TypeError, ValueError, AssertionError):
            shown = None
        return asdict(shown) if shown else {"gone": True}


def _named(turn: Turn) -> set[str]:
    cited = {c.file for s in turn.sentences for c in s.citations}
    return cited | ({hit.path for hit in turn.answer.passages} if turn.answer else set())


def _grown(turn: Turn, item: Event) -> Turn:
    """Return the turn with one more thing the assistant has yielded."""
    if isinstance(item, Answer):
        return replace(turn, stage=None, answer=item, sentences=item.sentences)
    if isinstance(item, Sentence):
        return replace(turn, sentences=(*turn.sentences, item))
    return replace(turn, stage=item.name, ahead=item.ahead)
