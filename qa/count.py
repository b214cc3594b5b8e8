"""Counts what a sentence lists, for a "how many" whose number no document states: a small language
model names the items but miscounts them.
"""

import re

from qa.answer import Sentence
from qa.expect import asks_for
from qa.names import is_hangul
from qa.prompts import Language, says
from qa.read import Evidence
from qa.values import numbers

FEWEST = 3  # items; two things joined are no list
LONGEST_ITEM, LONGEST_KOREAN = 5, 3  # words
LAST = re.compile(r"^\s*(?:and|or|및|그리고)\s", re.IGNORECASE)
JOINED = re.compile(r"\s(?:and|or|및)\s|(?<=[가-힣A-Za-z])(?:와|과)\s", re.IGNORECASE)
INTRODUCES = re.compile(
    r"^\s*(?:on|in|at|after|before|during|since|until|by|with|for|however|there)\b(?:\s\S+){0,4}$",
    re.IGNORECASE,
)
COPULA = re.compile(r"\b(?:are|were)\b|:|(?<=[가-힣])(?:은|는)\s")
# A question for those alone that are named, so that the list may be open.
NAMED = re.compile(
    r"\b(?:named|listed|mentioned|by name|cited|(?:do|does|did)\b[^?]*\bname)\b|이름이? ?(?:적|나|거론|언급|올)|나열|언급된|적힌|거론",
    re.IGNORECASE,
)
ENDS_LIST = re.compile(r"\s등(?=에서|에게|의|이|은|을|과|으로|도|\s|,)")
OPEN_ENDED = re.compile(r"\betc\b|\bamong others\b|\bsuch as\b|\bincluding\b|(?<![가-힣])등", re.IGNORECASE)  # fmt: skip


def counted(question: str, evidence: Evidence, language: Language) -> Sentence | None:
    """Return a sentence that counts the items which `evidence` lists, or `None`.

    Only where a number is asked for, the evidence states none but years and days, and its list
    says of itself that it is whole, or those that are named are asked for.
    """
    stated = {v.value for v in numbers(evidence.answer or evidence.text) if v.kind == "number"}
    opened = OPEN_ENDED.search(evidence.text) and not NAMED.search(question)
    if asks_for(question) != "count" or stated or opened:
        return None
    count = items(evidence.text)
    if count < FEWEST:
        return None
    quote = " ".join(evidence.text.split())
    text = says("counted", language, count=count, quote=quote)
    return Sentence(text, "supported", (evidence.citation,))


def miscounted(sentence: str) -> bool:
    """Tell whether a sentence says of a number of things that they are a list of another length,
    as a small model does with the few examples that a source names.

    >>> miscounted("The 16 founding ports are Oslo, Rome, Bern and Bergen.")
    True
    """
    copula = COPULA.search(sentence)
    if copula is None or OPEN_ENDED.search(sentence):
        return False
    said = {v.value for v in numbers(sentence[: copula.start()]) if v.kind == "number"}
    listed = items(f"{sentence[copula.end() :]}")
    return bool(said and listed) and str(listed) not in said


def items(text: str) -> int:
    """Return how many items the longest list of a sentence has, 0 where it has none.

    >>> items("They met offices from Oslo, Rome, the Free City and Bern in May.")
    4
    >>> items("오슬로·베른 사무소, 로마 시청 등에서 연사가 참여해 회의를 열었다.")
    3
    """
    pieces = re.split(r",|(?<=[가-힣])·(?=[가-힣])", text)
    best = 0
    for first in range(1, len(pieces)):
        if INTRODUCES.match(pieces[first - 1]):
            continue
        count = 1
        for piece in pieces[first:]:
            if LAST.match(piece):
                count += 1
                break
            if ENDS_LIST.search(piece):
                count += 1
                break
            head = JOINED.split(piece, maxsplit=1)
            if len(head[0].split()) > (LONGEST_KOREAN if is_hangul(piece) else LONGEST_ITEM):
                break
            count += len(head)
            if len(head) > 1:
                break
        best = max(best, count)
    return best if best >= FEWEST else 0
