"""Questions over two hops: what they ask about is named only by what is told of it ("the town that
hosts the boat fair: who is its mayor?"), so that has to be looked up first.
"""

import re
from dataclasses import dataclass

from index.kiwi import common_nouns, relative_clause
from qa.expect import WANTS
from qa.question import language_of

LONGEST_ANSWER = 80  # characters; what is longer names nothing
TOLD = re.compile(
    r"\bthe (?P<noun>(?:(?!of\b|the\b)[\w'’\-]+ ){0,3}?[\w'’\-]+),? (?P<by>that|which|who|whose) (?P<told>[^,;:?–—]{6,}?)"
    r"(?=\s*(?:[,;:?–—]|\s-\s|$))",
    re.IGNORECASE,
)
PLACES = frozenset(
    "기사 문서 자료 글 내용 이름 전부 모두 각각 목록".split()
)  # where, not what, to look


@dataclass(frozen=True)
class Hop:
    """The question for what is described, and the whole question around its description."""

    first: str
    before: str
    after: str

    def then(self, answer: str) -> str | None:
        """Return the question with the answer of the first in it, or `None` where that is no name.

        >>> Hop("Which town hosts the fair?", "", ": who is its mayor?").then("Tarvik")
        'Tarvik: who is its mayor?'
        """
        answer = " ".join(answer.split())
        return f"{self.before}{answer}{self.after}" if 0 < len(answer) <= LONGEST_ANSWER else None


def hop(question: str) -> Hop | None:
    """Return the two questions of a question over two hops, or `None` where it is none."""
    if language_of(question) == "ko":
        end = relative_clause(question)
        rest = question[end:]
        asked = [n for n in common_nouns(question, end) if n not in PLACES and not WANTS.search(n)]
        return Hop(f"{question[:end]}?", "", rest) if end and asked and WANTS.search(rest) else None
    told = TOLD.search(question)
    if told is None:
        return None
    noun = f"{told['noun']}'s" if told["by"].lower() == "whose" else told["noun"]
    first = f"Which {noun} {told['told']}?"
    return Hop(first, question[: told.start()], question[told.end() :])
