"""A conversation as HTML: its newest turn, and what went before. Of a long conversation the latest
turns are shown; the earlier ones come when they are asked for.
"""

from qa.page import talk
from qa.page.html import Records
from qa.page.text import Words
from qa.records.conversations import Conversation, Turn

SHOWN = 20
"""How many turns before the newest are shown at once. Chromium lays out two hundred in a second
and a half on one busy core, and sends them again with each question; twenty are not noticed."""


def past(conversation: Conversation | None, records: Records, text: Words) -> str:
    """Return a conversation up to its last turn, or the welcome."""
    if conversation is None:
        return talk.welcome(text)
    return _head(conversation, len(conversation.turns) - 1, records, text)


def present(conversation: Conversation | None, records: Records, text: Words) -> str:
    """Return a conversation's last turn."""
    if conversation is None or not conversation.turns:
        return ""
    return newest(conversation.turns[-1], len(conversation.turns), records, text)


def whole(conversation: Conversation, records: Records, text: Words) -> str:
    """Return all of a conversation as past, since a new turn follows."""
    return _head(conversation, len(conversation.turns), records, text)


def newest(turn: Turn, number: int, records: Records, text: Words) -> str:
    """Return the turn that is being answered, or was last; `number` counts from 1."""
    return talk.latest(talk.turns([turn], number, records, text), text)


def earlier(conversation: Conversation, before: int, records: Records, text: Words) -> str:
    """Return the turns that stand before number `before`, as many as are shown at once."""
    last = max(0, min(before - 1, len(conversation.turns)))
    first = max(0, last - SHOWN)
    shown = talk.turns(conversation.turns[first:last], first + 1, records, text)
    return talk.more_before(first, text) + shown


def _head(conversation: Conversation, last: int, records: Records, text: Words) -> str:
    return talk.title(conversation, text) + earlier(conversation, last + 1, records, text)
