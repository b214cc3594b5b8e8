"""Reckons with dates, which a small language model cannot: how long from one event to another, and
which came first. Each event is looked up as a question of its own; the arithmetic is done here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from babel.dates import format_date

from qa.answer import Sentence
from qa.names import is_hangul
from qa.prompts import Language, says
from qa.question import language_of
from qa.read import Evidence
from qa.values import MONTHS, coverage

# What stands for an event and names none.
VAGUE = re.compile(
    r"(?:it|that|this|they|those|these|then|there)(?: (?:one|event|day|happen|held))?|그것|그거|그게|이것|그때",
    re.IGNORECASE,
)
HALF = 0.5  # of the event's words of content
Wanted = Literal[
    "duration",  # how long from one to the other
    "order",  # which came first
]
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*(?:and|-|–|to|&)\s*\d{{1,2}}(?:st|nd|rd|th)?)?\s+(?:of\s+)?"
    rf"(?P<month>{MONTH})\.?,?(?:\s+(?P<year>\d{{4}}))?",
    re.IGNORECASE,
)
MONTH_FIRST = re.compile(
    rf"\b(?P<month>{MONTH})\.?\s+(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:\s*(?:and|-|–|to|&)\s*\d{{1,2}})?,?\s*)?"
    rf"(?P<year>\d{{4}})?",
    re.IGNORECASE,
)
KOREAN = re.compile(
    r"(?:(?P<year>\d{4})년\s*)?(?P<month>1[0-2]|[1-9])월(?:\s*(?P<day>[12]\d|3[01]|[1-9])일)?"
)
ISO = re.compile(r"(?<!\d)(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?!\d)")
TIME_EN = r"how (?:long|much time|many (?:days|weeks|months|years))"
TIME_KO = r"(?:얼마나|얼마 ?만에|며칠|몇 ?(?:일|주|달|개월|년))"
QUESTIONS: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    ("duration", re.compile(rf"{TIME_EN}\b.*?\b(?:after|since|following|from)\s+(?P<a>.+?),?\s+(?:did|was|were|until|till|to)\s+(?P<b>.+)", re.I)),
    ("duration", re.compile(rf"{TIME_EN}\b.*?\bbefore\s+(?P<b>.+?),?\s+(?:did|was|were)\s+(?P<a>.+)", re.I)),
    ("duration", re.compile(rf"(?:{TIME_EN}|gap|interval|time)\b.*?\bbetween\s+(?P<a>.+?)\s+and\s+(?P<b>.+)", re.I)),
    ("duration", re.compile(rf"(?P<a>.+?)\s*(?:부터|이후|한 뒤|한 후|된 뒤|된 후|되고|하고 나서|뒤|후)\s+(?P<b>.+?)(?:까지)?\s*{TIME_KO}")),
    ("duration", re.compile(rf"(?P<a>.+?)\s*(?:부터|이후|한 뒤|한 후|된 뒤|된 후|하고 나서|뒤|후|나온 지)\s*{TIME_KO}[^.]*?(?:뒤에|후에|지나서?|만에|있다가)\s+(?P<b>.+)")),
    ("duration", re.compile(r"(?P<a>.+?)(?:와|과|이랑|랑|하고)\s+(?P<b>.+?)\s*(?:사이|간격|간의|의 (?:시간|기간))")),
    ("order", re.compile(r"(?:which|what)\b.*?\b(?:first|earlier|later|sooner)\b[^,:]*[,:]\s*(?P<a>.+?),?\s+or\s+(?P<b>.+)", re.I)),
    ("order", re.compile(r"\b(?:did|was|were|is|does|do)\s+(?P<a>.+?)\s+(?:held|happen|take place|come|signed|start|released|announced)?\s*(?:before|after|earlier than|later than|prior to)\s+(?P<b>.+)", re.I)),
    ("order", re.compile(r"(?P<a>.+?)(?:은|는|이|가|을|를|이랑|랑|와|과)\s+(?P<b>.+?)\s*(?:보다)\s*.*?(?:먼저|나중|앞서|앞선|늦|이전|이후|빨|전에|뒤에|후에)")),
    ("order", re.compile(r"(?P<a>.+?)(?:이랑|랑|와|과|하고)\s+(?P<b>.+?)\s*(?:중|가운데)?\s*(?:에서|에)?\s*(?:어느|어떤|뭐|무엇|누가).*?(?:먼저|나중|빨|늦)")),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question about two events in time: what is wanted, and the events as the asker put them."""

    wanted: Wanted
    first: str
    second: str


@dataclass(frozen=True)
class Moment:
    """A day or a month; `written` is how the source puts it. Without a day, `day` counts as the 1st."""

    day: date
    exact: bool
    written: str


def asked_about_time(question: str) -> Asked | None:
    """Return the two events of a question about a duration or an order, or `None`."""
    for wanted, pattern in QUESTIONS:
        if found := pattern.search(question.rstrip(" ?？.")):
            first, second = found["a"].strip(" ,"), found["b"].strip(" ,")
            vague = any(VAGUE.fullmatch(event) for event in (first, second))
            if min(len(first), len(second)) >= 3 and not vague:
                return Asked(wanted, first, second)
    return None


def moments(text: str, *, year: int | None = None) -> list[Moment]:
    """Return the dates of a text in order; one without a year takes `year`, or is left out."""
    found: list[tuple[int, int, Moment | None]] = []
    for pattern in (ISO, DAY_FIRST, KOREAN, MONTH_FIRST):
        for match in pattern.finditer(text):
            if all(match.end() <= start or end <= match.start() for start, end, _ in found):
                found.append((match.start(), match.end(), _moment(match, year)))
    return [moment for _, _, moment in sorted(found, key=lambda row: row[0]) if moment]


def _moment(match: re.Match[str], default: int | None) -> Moment | None:
    parts = match.groupdict()
    year = int(parts["year"]) if parts["year"] else default
    name = parts["month"].lower()
    if year is None or not (parts["year"] or parts["day"]):
        return None
    try:
        when = date(year, MONTHS.get(name) or int(name), int(parts["day"] or 1))
    except ValueError:
        return None
    return Moment(when, bool(parts["day"]), match[0].strip(" ,"))


def year_of(title: str | None) -> int | None:
    """Return the one year that a heading names, or `None`."""
    years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", title or ""))
    return int(years.pop()) if len(years) == 1 else None


def year_around(evidence: Evidence) -> int | None:
    """Return the year by which a sentence's bare dates are read: its heading's, else its title's."""
    return year_of(evidence.heading) or year_of(evidence.title)


def reckon(
    asked: Asked, language: Language, look_up: Callable[[str], list[Evidence]]
) -> Sentence | None:
    """Answer from the dates of the two events, or return `None` where one of them has none.

    Args:
        asked: the two events.
        language: of the answer.
        look_up: returns the evidence for a question, best first.
    """
    found = []
    for event in (asked.first, asked.second):
        question = says("when", language, event=event)
        dated = [
            (evidence, moment)
            for evidence in look_up(question)
            if _about(event, evidence, language)
            for moment in moments(evidence.text, year=year_around(evidence))[:1]
        ]
        if not dated:
            return None
        found.append(dated[0])
    (one, start), (other, end) = found
    if start.day == end.day:
        return None
    values = {"a": asked.first, "b": asked.second}
    values |= {"first": put(start, language), "second": put(end, language)}
    if asked.wanted == "duration":
        values |= {"length": length(start, end, language)}
    what = (
        asked.wanted if asked.wanted == "duration" else "before" if start.day < end.day else "after"
    )
    citations = tuple(dict.fromkeys((one.citation, other.citation)))
    return Sentence(says(what, language, **values), "supported", citations)


def put(moment: Moment, language: Language) -> str:
    """Return a moment as its source puts it, or in `language` where that is another.

    >>> put(Moment(date(2024, 3, 2), True, "3월 2일"), "en")
    '2 March 2024'
    """
    if is_hangul(moment.written) == (language == "ko") or ISO.fullmatch(moment.written):
        return moment.written
    pattern = ("d MMMM y", "MMMM y") if language == "en" else ("y년 M월 d일", "y년 M월")
    return format_date(moment.day, pattern[0 if moment.exact else 1], locale=language)


def _about(event: str, evidence: Evidence, language: Language) -> bool:
    """Tell whether a sentence speaks of an event; across languages the reader's word is taken."""
    text = f"{evidence.around} {evidence.text}"
    return language != language_of(evidence.text) or coverage(event, text) >= HALF


def length(start: Moment, end: Moment, language: Language) -> str:
    """Return the time between two moments in words: rounded, and in days where both are exact.

    >>> length(Moment(date(2024, 1, 1), True, ""), Moment(date(2024, 3, 2), True, ""), "en")
    'about two months (61 days)'
    """
    days = abs((end.day - start.day).days)
    months = round(days / 30.44)
    for size, count in (
        ("year", months / 12),
        ("month", months),
        ("week", days / 7),
        ("day", days),
    ):
        if size == "year" and (months < 24 and months != 12):
            continue
        if round(count) >= (2 if size == "week" else 1):
            about = says(f"about_{size}", language, count=round(count), word=_word(round(count)))
            break
    if language == "en" and round(count) == 1:
        about = about.removesuffix("s")
    exact = says("days", language, days=days) if start.exact and end.exact and size != "day" else ""
    return about + exact


def _word(count: int) -> str:
    words = "zero one two three four five six seven eight nine ten eleven twelve".split()
    return words[count] if count < len(words) else str(count)
