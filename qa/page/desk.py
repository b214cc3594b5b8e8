"""What all rooms of the page work with: the assistant, once it is made, the documents, and one
visitor's conversations. Knows no Gradio and no HTML.
"""

import copy
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from index import DocumentRecord
from qa.page.run import Event, Library, Run, Source, soon
from qa.records.conversations import Conversation, Conversations
from sources import FootnoteError


class Desk:
    """Serves all visitors; `of` gives each one a desk with conversations of their own."""

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
        self.runs: dict[str, Run[Event]] = {}
        self._conversations: Conversations | None = None

    def of(self, visitor: str) -> "Desk":
        """Return the same desk with the conversations of one visitor."""
        mine = copy.copy(self)
        mine.visitor, mine._conversations = visitor, None
        return mine

    @property
    def idle(self) -> bool:
        """Whether nobody is being answered now."""
        return not self.runs

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

    def settings(self) -> dict[str, str]:
        """Return how answers are made, as it stands in receipts: without the key."""
        held = self.ready.result()
        settings = getattr(getattr(held, "assistant", held), "settings", None)
        told = {k: str(v) for k, v in asdict(settings).items()} if settings else {}
        told.pop("key", None)
        if settings and settings.endpoint:
            parts = urlsplit(settings.endpoint)
            told["endpoint"] = f"{parts.scheme}://{parts.hostname}{parts.path}"
        return told

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
