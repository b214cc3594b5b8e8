"""What the page's scripts may ask the server for: plain functions over JSON values. Arguments come
from the browser, so nothing is believed of them; an error of ours comes back as its sentence.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from qa.page import viewing
from qa.page.asking import Asking
from qa.page.desk import Desk
from qa.page.documents import Documents
from qa.page.ideas import Ideas
from qa.page.kept import Kept
from qa.page.text import words
from qa.page.trials import Trials
from sources import FootnoteError

Door = Callable[..., dict[str, Any]]
"""Takes a name with its arguments, and whose they are."""
_VISITORS = 500  # whose rooms are kept at hand


@dataclass(frozen=True)
class Rooms:
    """Everything the page can do, over one desk."""

    desk: Desk
    asking: Asking
    documents: Documents
    kept: Kept
    ideas: Ideas
    trials: Trials
    _visitors: "OrderedDict[str, Rooms]" = field(default_factory=OrderedDict)

    @classmethod
    def over(cls, desk: Desk) -> "Rooms":
        """Make the rooms."""
        return cls(desk, Asking(desk), Documents(desk), Kept(desk), Ideas(desk), Trials(desk))

    def of(self, visitor: str) -> "Rooms":
        """Return the rooms as one visitor finds them, with conversations of their own."""
        if not visitor:
            return self
        desk = self.desk.of(visitor)
        mine = self._visitors.setdefault(
            visitor,
            replace(self, desk=desk, asking=Asking(desk), kept=Kept(desk), _visitors=OrderedDict()),
        )
        while len(self._visitors) > _VISITORS:
            self._visitors.popitem(last=False)
        return mine


def door(rooms: Rooms, uploaded: Callable[[], Collection[str]]) -> Door:
    """Return the one function that the scripts call, with a name and its arguments.

    Args:
        rooms: what does the work.
        uploaded: gives the files that visitors uploaded.
    """

    def footnote(asked: list[Any], visitor: str = "") -> dict[str, Any]:
        try:
            name, given = asked
            works = _works(rooms.of(visitor), uploaded)
            return {"value": works[name](*given)}
        except FootnoteError as error:
            return {"problem": str(error)}
        except (KeyError, TypeError, ValueError, IndexError, AssertionError):
            return {"problem": "?"}

    return footnote


def _works(rooms: Rooms, uploaded: Callable[[], Collection[str]]) -> dict[str, Callable[..., Any]]:
    desk, kept, documents, trials = rooms.desk, rooms.kept, rooms.documents, rooms.trials
    ideas = rooms.ideas
    return {
        "source": lambda file, start, end, more: viewing.source(
            desk, file, start, end, **dict(more)
        ),
        "page": lambda file, number, quote: viewing.page(desk, file, number, quote),
        "conversations": lambda sought, current, code: kept.listing(
            str(sought), str(current), words(code)
        ),
        "earlier": lambda id, before, code: kept.earlier(str(id), int(before), words(code)),
        "rename": lambda id, name: kept.rename(str(id), str(name)),
        "forget": lambda id: kept.delete(str(id)),
        "why": lambda id, number, code: kept.why(str(id), int(number), words(code)),
        "thumb": lambda id, number, thumb, reason: kept.thumb(
            str(id), int(number), str(thumb), str(reason)
        ),
        "taken": lambda id, number, form, code: kept.take_away(
            str(id), int(number), str(form), words(code)
        ),
        "copied": lambda id, number, code: kept.copied(str(id), int(number), words(code)),
        "examples": lambda code: ideas.examples(words(code)),
        "follow": lambda id, number: ideas.follow(desk, str(id), int(number)),
        "take": lambda upload, name: documents.take(str(upload), str(name), uploaded()),
        "remove": lambda path, code: documents.remove(str(path), str(code)),
        "restore": lambda path, code: documents.remove(str(path), str(code), back=True),
        "cancel": documents.cancel,
        "trials": lambda code: trials.view(words(code)),
        "trial_start": lambda number: trials.start(int(number)),
        "trial_stop": trials.stop,
        "case": lambda id, number, gold, include: trials.add(
            desk, str(id), int(number), str(gold), str(include)
        ),
    }
