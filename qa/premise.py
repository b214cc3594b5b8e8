"""Finds false premises of a question: what a "why" takes for granted although the documents found
never mention it.
"""

import re

from index.kiwi import proper_nouns
from qa.names import is_hangul, known
from qa.values import missing

PRESUPPOSES = re.compile(
    r"\bwhy\b|\bhow come\b|\bwhat (?:was|is) the reason\b|왜|이유|까닭|어째서", re.IGNORECASE
)


def foreign_premises(question: str, text: str) -> list[str]:
    """Return names and large numbers that a "why" question presupposes and `text` does not hold.

    Args:
        question: what was asked.
        text: all that was found for it.
    """
    if not PRESUPPOSES.search(question):
        return []
    values = [v for v in missing(question, text) if v.kind == "name" or len(v.value) >= 3]
    found = [v.written for v in values]
    if is_hangul(question):
        found += [noun for noun in proper_nouns(question) if not known(noun, text)]
    return list(dict.fromkeys(found))
