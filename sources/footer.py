"""Where the footer of a page begins in a line: copyright, reporter, site name and contact
addresses, alone on the line or run into its last sentence, as pages extracted to one line have
them. Only the end of a line is looked at. A sentence is never part of a footer.
"""

import re

from sources import labels
from sources.sentence_end import ends_sentence, sentence_starts

_WINDOW = 1500  # characters at the end of a line; no footer is longer
_BESIDE = 40  # characters between a site name and the by-line that follows it
_SHORT = 160  # characters of a line that can be a contact line

_RIGHT = re.compile(
    r"(?<![\"“‘'(])(?:copyrights?\s*)?(?:©|ⓒ|\(c\))\s*"
    r"(?=(?:19|20)\d\d|copyright|by\s|(?-i:[A-Z])|[가-힣])"
    r"|(?:^|(?<=[|·,]\s))copyrights?\s*(?:by\s+)?(?=(?:19|20)\d\d\b)"
    r"|[<\[(]?저작권자\s*[:：(©ⓒ]",
    re.IGNORECASE,
)
_RESERVED = re.compile(
    r"all rights? reserved[\s.|·]*$|^all rights? reserved(?!\s+(?-i:[a-z]))"
    r"|^[\s<\[(]*무단\s*(?:전재|복제|배포)[^.\n]{0,40}금지(?:합니다)?[\s.>\])]*$"
    r"|무단\s*전재\s*(?:및|와|[·,/-])?\s*(?:재배포|배포|복제)[^.\n]{0,30}금지(?:합니다)?[\s.>\])]*$",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CONTACT = re.compile(
    r"(?:(?:보도\s*자료|기사\s*제보|제보|기고|광고|제휴|협찬|구독|독자|취재)[가-힣\s/·,및]{0,20}(?:문의)?|문의|연락처|이메일"
    r"|(?:press|media|advertising|ads?|advertise|partnership|editorial|newsroom|contact|tips?)"
    r"(?:\s*(?:/|&|and|or)\s*\w+)?"
    r"(?:\s+(?:contact|inquir(?:y|ies)|enquir(?:y|ies)|release|us|desk))?|e-?mail)"
    r"\s*[:：]\s*(?=[\w.+-]+@|https?://|[\d(+]{2,})",
    re.IGNORECASE,
)
_REPORTER = re.compile(
    r"(?<![가-힣])[가-힣]{2,4}\s*(?:인턴\s*|선임\s*|수습\s*)?(?:기자|특파원|리포터|에디터)(?![가-힣])"
    r"|(?<!\w)(?:Reported by|Written by|By)\s+[A-Z][\w.'-]+(?:\s+[A-Z][\w.'-]+){1,3}"
)
_HOLDER = re.compile(
    r"(?:©|ⓒ|\(c\)|copyrights?)\s*(?:©|ⓒ|\(c\))?\s*(?:by\s+)?"
    r"(?:(?:19|20)\d\d\s*(?:[-–~]\s*(?:(?:19|20)\d\d)?)?)?[\s,]*(?:by\s+)?"
    r"(?P<name>[^\W\d_][^.,|\n©ⓒ<>]{0,50}?)"
    r"\s*(?=[.,|\n©ⓒ<>]|all rights?|무단|$)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:19|20)\d\d|©|ⓒ|\(c\)", re.IGNORECASE)


def holder_in(line: str) -> str | None:
    """Return the publisher that a copyright notice at the end of `line` names.

    >>> holder_in("© 2024 Example News. All rights reserved")
    'Example News'
    """
    tail = line[-_WINDOW:]
    match = _RIGHT.search(tail)
    named = _HOLDER.search(tail, match.start()) if match else None
    return named["name"].strip(" -–:") if named and _NAME.search(named.group()) else None


def footer_start(line: str, *, site: str | None = None) -> int | None:
    """Return where in `line` the footer begins, or `None` without one.

    The line is cut at sentence ends; from the last piece backwards, pieces that are footers are
    taken. In the first of them the footer begins at its by-line, or else at its first mark, unless
    a sentence ended before it and nothing but names stands between.

    Args:
        line: a stripped line.
        site: the site's name, which often stands before the by-line.
    """
    offset = max(0, len(line) - _WINDOW)
    tail = line[offset:]
    starts = sentence_starts(tail)
    first: int | None = None
    for at in range(len(starts) - 1, -1, -1):
        end = starts[at + 1] if at + 1 < len(starts) else len(tail)
        begun = _begins(tail[starts[at] : end].rstrip(), after_sentence=at > 0, site=site)
        if begun is None:
            break
        first = starts[at] + begun
        if begun:
            break
    return None if first is None else offset + first


def _begins(piece: str, *, after_sentence: bool, site: str | None) -> int | None:
    """Return where the footer begins in a piece between two sentence ends."""
    if after_sentence and labels.is_certain(piece):
        return 0
    patterns = (_RIGHT, _CONTACT, _RESERVED)
    marks = [m.start() for pattern in patterns if (m := pattern.search(piece))]
    if not marks and after_sentence and _MAIL.search(piece) and not ends_sentence(piece):
        signed = _REPORTER.search(piece)
        marks = [signed.start()] if signed and len(piece) < _SHORT else []
    if not marks:
        return None
    before = piece[: min(marks)]
    signed = _REPORTER.search(before)
    if signed is None:
        return 0 if site and _is_name(before, site) else min(marks)
    named = before.casefold().rfind(site.casefold(), 0, signed.start()) if site else -1
    near = 0 <= signed.start() - named <= len(site or "") + _BESIDE
    return named if named >= 0 and near else signed.start()


def _is_name(before: str, site: str) -> bool:
    return before.casefold().strip(" |·-–,") == site.casefold()
