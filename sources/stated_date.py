"""When a document says it was published. A date counts only where it is called that: in front
matter or a page's metadata, on a line of its own with a label, or as a news dateline. An event's
date in the prose, "3 days ago" and 03/12/2024 (which month?) do not count.
"""

import re
from collections.abc import Sequence
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = (
    r"(?:(?P<y1>(?:19|20)\d\d)\s*[-./년]\s*(?P<m1>\d{1,2})\s*[-./월]\s*(?P<d1>\d{1,2})(?!\d)\s*[일.]?"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH.format('m2')},?\s+(?P<y2>(?:19|20)\d\d)"
    rf"|{_MONTH.format('m3')}\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>(?:19|20)\d\d))"
)
_DAY = (
    r"(?:\(?\s*(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun|[월화수목금토일])"
    r"(?:day|요일)?\s*\)?,?\s*)?"
)
_TIME = (
    r"(?:,?\s*(?:at\s*|T)?(?:오전|오후)?\s*\d{1,2}:\d\d(?::\d\d)?"
    r"(?:\s*[ap]\.?m\.?)?(?:\s*[A-Z]{2,4}\b)?)?"
)
_LABEL = (
    r"(?:(?:first\s+)?(?:published|posted|issued|released)(?:\s+(?:on|date))?"
    r"|(?:publication|posting|issue|release)\s+date|date(?:\s+(?:published|posted|of\s+publication))?"
    r"|(?:최초\s*|기사\s*|뉴스\s*|소식\s*)?(?:입력|등록|발행|작성|게시|게재|배포|보도|송고)(?:\s*(?:일자|일시|일|날짜))?)"
)
_REST = r"(?:\s*[|·/,(]?\s*(?:(?:last\s+)?(?:updated|modified)|(?:최종\s*)?수정).{0,60})?"
_ANY = re.compile(_DATE, re.IGNORECASE)
_BARE = re.compile(rf"{_DAY}{_DATE}\s*{_DAY}{_TIME}", re.IGNORECASE)
_LABELLED = re.compile(rf"{_LABEL}\s*[:：|]?\s*{_DAY}{_DATE}\s*{_DAY}{_TIME}{_REST}", re.IGNORECASE)
_TRAILING = re.compile(
    rf"{_DATE}\s*{_DAY}{_TIME}\s*(?:입력|등록|발행|게시|송고){_REST}", re.IGNORECASE
)
_ONLY_LABEL = re.compile(rf"{_LABEL}\s*[:：]?", re.IGNORECASE)
_DATELINE = re.compile(rf"[A-Z][A-Z .,'-]{{2,40}},\s+{_DATE}\s*(?:\([^)]{{1,40}}\)\s*)?[—–-]", re.I)
_BYLINE = re.compile(r"^[^|·\n]{1,60}\s*[|·]\s*(?=\S)")


def date_in(text: str) -> str | None:
    """Return the first unambiguous date at the beginning of `text` as ISO 8601, else `None`.

    >>> date_in("2024. 3. 12."), date_in("12th March 2024"), date_in("03/12/2024")
    ('2024-03-12', '2024-03-12', None)
    """
    match = _ANY.match(text.strip())
    return _iso(match) if match else None


def published_in(lines: Sequence[str]) -> str | None:
    """Return the publication date that one of the lines states, as ISO 8601."""
    for at, line in enumerate(lines):
        if len(line) > 200:
            match = _DATELINE.match(line) if line[:5].isupper() else None
        else:
            match = _in_short_line(line, lines[at - 1] if at else "")
        stated = _iso(match) if match else None
        if stated:
            return stated
    return None


def _in_short_line(line: str, before: str) -> re.Match[str] | None:
    line = line.strip("*_[]() \t")
    rest = _BYLINE.sub("", line)
    for candidate in (line, rest):
        match = _LABELLED.fullmatch(candidate) or _TRAILING.fullmatch(candidate)
        if match:
            return match
    if _ONLY_LABEL.fullmatch(before) and (match := _BARE.fullmatch(line)):
        return match
    return _DATELINE.match(line) if line[:5].isupper() else None


def _iso(match: re.Match[str]) -> str | None:
    found = match.groupdict()
    year = found["y1"] or found["y2"] or found["y3"]
    day = found["d1"] or found["d2"] or found["d3"]
    name = found["m2"] or found["m3"]
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(found["m1"])
    try:
        return date(int(year), month, int(day)).isoformat()
    except ValueError:
        return None
