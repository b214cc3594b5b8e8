"""What the page does when asked: answers a question step by step, lists, uploads and syncs
documents, and hands out sources. Knows no Gradio: `qa/page.py` connects it to the components.
"""

import json
import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from index import DocumentRecord, SyncReport
from qa import page_html, page_talk
from qa.answer import Answer, Sentence
from qa.page_files import save
from qa.page_run import Event, Library, Run, Source, Turn, following, soon
from qa.page_source import view
from qa.page_text import Words
from sources import FootnoteError, Span

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """One state of the page while a question is answered."""

    conversation: str
    turns: tuple[Turn, ...]
    busy: bool
    begins: bool = False


class Desk:
    """Serves all visitors; each visitor's turns are handed in and out, never kept here."""

    def __init__(
        self,
        assistant: Source,
        *,
        index: Library | None = None,
        folder: Path | None = None,
        suffixes: Collection[str] = (),
    ) -> None:
        """Begin to make the assistant; `index` lets documents be read before it is made."""
        self.ready = soon(assistant)
        self._given = index
        self.folder = folder
        self.suffixes = frozenset(suffixes)
        self._runs: dict[str, Run[Event]] = {}

    def ask(
        self, question: str, paths: str, text: Words, turns: Sequence[Turn], session: str
    ) -> Iterator[Shown]:
        """Yield the page's states from the question to its whole answer.

        Args:
            question: as typed.
            paths: JSON list of ticked documents, or "" for all.
            turns: the conversation so far.
            session: who asks; `stop` takes the same.
        """
        asked = question.strip()
        if not asked:
            yield Shown(self.conversation(turns, text), tuple(turns), busy=False)
            return
        turn = Turn(asked, stage="waiting" if self.settled else "loading")
        yield self._shown(turns, turn, text, begins=True)
        chosen = _chosen(paths)
        if chosen == []:
            turn = replace(turn, stage=None, problem=text.nothing_selected)
            yield self._shown(turns, turn, text)
            return
        for grown in self._answered(turn, chosen, text, turns, session):
            yield self._shown(turns, grown, text)

    def _answered(
        self,
        turn: Turn,
        paths: list[str] | None,
        text: Words,
        turns: Sequence[Turn],
        session: str,
    ) -> Iterator[Turn]:
        history = [t.exchange for t in turns if t.exchange]

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
            _log.exception("The question %r could not be answered.", turn.question)
            yield replace(turn, stage=None, problem=text.failed)
        else:
            if turn.answer is None:
                yield replace(turn, stage=None, stopped=True)
        finally:
            run.stop()
            self._runs.pop(session, None)

    def stop(self, session: str) -> None:
        """End the answer that is being written for `session`, if any."""
        run = self._runs.get(session)
        if run:
            run.stop()

    def conversation(self, turns: Sequence[Turn], text: Words) -> str:
        """Return the conversation as HTML."""
        return page_talk.conversation(turns, self._records(), text)

    @property
    def settled(self) -> bool:
        """Whether the assistant has been made, or cannot be."""
        return self.ready.done()

    def documents(self, text: Words) -> str:
        """Return the document list as HTML, or what stands in its way."""
        error = self.ready.exception() if self.settled else None
        if error:
            known = isinstance(error, FootnoteError)
            return page_html.notice([str(error) if known else text.failed])
        if not self.settled and self._given is None:
            return page_html.notice([text.documents_loading])
        loading = "" if self.settled else page_html.notice([text.loading + "…"])
        return loading + page_html.documents(self._records().values(), text)

    def upload(self, files: Sequence[Path], text: Words) -> str:
        """Put files into the folder; return what became of each as HTML."""
        if self.folder is None:
            return ""
        return page_html.notice(
            [
                text.not_saved.format(name=page_html.plain_name(s.name), reason=s.problem)
                if s.problem
                else text.saved.format(name=page_html.plain_name(s.name))
                for s in save(files, self.folder, self.suffixes)
            ]
        )

    def sync(self, text: Words) -> Iterator[tuple[str, str]]:
        """Bring the index up to date, yielding what to say of it and the document list."""
        listed = self.documents(text)
        yield page_html.progress(text, 0, 0, ""), listed
        said = ""
        try:
            for step in following(lambda tell: self._library().sync(tell)):
                if isinstance(step, SyncReport):
                    said = _reported(step, text)
                else:
                    yield page_html.progress(text, step.done, step.total, step.path), listed
        except FootnoteError as error:
            yield page_html.notice([str(error)]), self.documents(text)
            return
        except Exception:
            _log.exception("The documents could not be synced.")
            yield page_html.notice([text.failed]), self.documents(text)
            return
        yield said, self.documents(text)

    def source(self, file: str, start: int, end: int, first: int = -1, last: int = -1) -> Any:
        """Return a document for the viewer, or `{"gone": true}` where it cannot be shown.

        Args:
            file: path of a document in the index.
            start: where the quotation starts; equal to `end` for none.
            end: where it ends.
            first: start of the stretch to show; negative lets `qa/page_source.py` choose.
            last: end of the stretch to show.
        """
        try:
            numbers = [int(n) for n in (start, end, first, last)]
            record = self._records()[str(file)]
            mark = Span(numbers[0], numbers[1]) if numbers[0] < numbers[1] else None
            stretch = Span(numbers[2], numbers[3]) if numbers[2] >= 0 else None
            shown = asdict(view(self._library().document(record.path), mark, stretch))
        except (KeyError, TypeError, ValueError, FootnoteError):
            return {"gone": True}
        return shown | {
            "name": page_html.source_name(record.path, {record.path: record}),
            "path": page_html.plain_name(record.path),
            "language": record.language,
            "published": record.published,
        }

    def _library(self) -> Library:
        return self._given or self.ready.result().index

    def _records(self) -> Mapping[str, DocumentRecord]:
        if self._given is None and (not self.settled or self.ready.exception()):
            return {}
        return {record.path: record for record in self._library().documents()}

    def _shown(
        self, turns: Sequence[Turn], turn: Turn, text: Words, *, begins: bool = False
    ) -> Shown:
        grown = (*turns, turn)
        busy = turn.stage is not None
        return Shown(self.conversation(grown, text), grown, busy=busy, begins=begins)


def _grown(turn: Turn, item: Event) -> Turn:
    """Return the turn with one more thing the assistant has yielded."""
    if isinstance(item, Answer):
        return replace(turn, stage=None, answer=item, sentences=item.sentences)
    if isinstance(item, Sentence):
        return replace(turn, sentences=(*turn.sentences, item))
    return replace(turn, stage=item.name)


def _chosen(paths: str) -> list[str] | None:
    """Return the ticked documents, or `None` for all."""
    try:
        chosen = json.loads(paths) if paths else None
    except ValueError:
        return None
    return [str(path) for path in chosen] if isinstance(chosen, list) else None


def _reported(report: SyncReport, text: Words) -> str:
    """Return a sync's report as HTML: counts, and the skipped files with their reasons."""
    told = text.synced.format(
        added=report.added,
        changed=report.changed,
        removed=report.removed,
        unchanged=report.unchanged,
        seconds=report.seconds,
    )
    skipped = {skip.path: skip.reason for skip in report.skipped}
    title = text.skipped.format(count=len(skipped))
    return page_html.notice([told], skipped=skipped, title=title)
