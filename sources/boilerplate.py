"""Which parts of a text are not content: what a web page leaves around its article. Every line
gets a verdict by rules that know no site; a doubtful line counts only in a run of lines that holds
a sure one, and whatever looks like a sentence is kept. In a very long text only both ends are
looked at. Furniture run into the beginning of a line of sentences cannot be told and stays.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum

from sources import labels
from sources.footer import footer_start, holder_in
from sources.sentence_end import ends_sentence
from sources.spans import Line, lines, merge, outside
from sources.structure import Span

EDGE = 400_000  # characters at each end of a text that are looked at
_TOP = 8  # lines in which a page repeats its title and signs its author
_LABEL = 120  # characters; nothing longer is a label
_TITLE = 200  # characters
_SITE = 30  # characters; a site's name is shorter

_NUMBER = re.compile(r"[\d,.]+ ?(?:k|m|만|천)?|\d+ ?/ ?\d+|- ?\d+ ?-", re.IGNORECASE)
_PAGE = re.compile(r"(?:- ?)?\d{1,4}(?: ?-)?")
_UNIT = "(?:second|sec|minute|min|hour|hr|day|week|month|year)s?"
_AGO = re.compile(
    r"(?:(?:posted|published|updated|about|입력|수정|등록)[\s:]*)?"
    rf"(?:(?:\d+|an?|one|a few)\s*{_UNIT}\s+ago|just now"
    r"|\d+\s*(?:초|분|시간|일|주|주일|개월|달|년)\s*전|방금\s*전?)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BETWEEN = re.compile(r"[\s,|·]+")
_HASHTAGS = re.compile(r"(?:#[^\s#,]+[\s,]*)+")
_TAG_LINE = re.compile(
    r"(?:tags?|tagged|filed under|keywords|read (?:more|also)|태그|키워드|관련\s*기사)\s*[:：]\s*\S.*",
    re.IGNORECASE,
)
_LOGO = re.compile(r"(?P<name>.{1,30}?)\s*(?:로고|logo)(?:\s*(?:이미지|image))?", re.IGNORECASE)
_BYLINE = re.compile(
    r"(?:\S{1,20}\s+)?[가-힣]{2,4}\s*(?:인턴\s*|선임\s*)?(?:기자|특파원)(?:\s*\(?[\w.+-]+@[\w.-]+\)?)?"
    r"|(?:(?:written|posted|reported)\s+)?by\s+[A-Z][\w.'-]+(?:\s+[A-Z][\w.'-]+){1,3}"
    r"(?:,\s+[A-Z][\w\s]{2,40})?",
    re.IGNORECASE,
)
_CRUMB = re.compile(r"(?:home|홈|메인)(?=\s|[>/»›|])", re.IGNORECASE)
_CRUMB_SIGN = re.compile(r"\s*[>/»›|]\s*")
_READABLE = re.compile(r"[^\W_]")


class _Verdict(IntEnum):
    CONTENT = 0
    LIKELY = 1  # boilerplate beside a SURE line
    SURE = 2


def boilerplate(
    text: str, fixed: Sequence[Span] = (), protected: Sequence[Span] = ()
) -> list[Span]:
    """Return the spans of `text` that are not content, sorted and disjoint.

    Args:
        text: canonical text.
        fixed: sorted, disjoint spans already known as not content; they are not looked at.
        protected: sorted, disjoint spans that stay content unless they repeat the title: headings
            that the format itself marks.
    """
    found = [line for line in _edges(text) if outside(Span(line.start, line.end), fixed)]
    page = _Page(found)
    verdicts = [page.verdict(at) for at in range(len(found))]
    for at, line in enumerate(found):
        if not outside(Span(line.start, line.end), protected) and at not in page.repeated:
            verdicts[at] = _Verdict.CONTENT
    spans: list[Span] = []
    for at, line in enumerate(found):
        start = footer_start(line.text, site=page.site)
        if start == 0:
            verdicts[at] = _Verdict.SURE
        elif start is not None and verdicts[at] is _Verdict.CONTENT:
            spans.append(Span(line.start + start, line.end))
    _settle_numbers(found, verdicts)
    return merge([*spans, *(Span(found[at].start, found[at].end) for at in _runs(verdicts))])


class _Page:
    """What must be known of all lines before one of them can be judged."""

    def __init__(self, found: Sequence[Line]) -> None:
        self.lines = found
        holders = (holder_in(line.text) for line in reversed(found))
        self.site = next((name for name in holders if name), None)
        logos = (_LOGO.fullmatch(line.text) for line in found[:_TOP])
        self.names = {m["name"].casefold() for m in logos if m}
        self.names |= {self.site.casefold()} if self.site else set()
        self.counts = Counter(line.text for line in found if len(line.text) <= _TITLE)
        self.repeated = self._repeated_titles()

    def _repeated_titles(self) -> set[int]:
        """Find the lines that say the title again, bare or with the site's name behind it."""
        titles: dict[str, int] = {}
        for at, line in enumerate(self.lines[:_TOP]):
            title = line.text.lstrip("# ")
            if 10 <= len(title) <= _TITLE and not ends_sentence(title):
                titles.setdefault(title, at)
        repeated: set[int] = set()
        for at, line in enumerate(self.lines):
            bare = line.text.lstrip("# ")
            shorter = re.split(r"\s+[-–—|:]\s+", bare)[0] if len(bare) <= _TITLE else bare
            for title in (bare, shorter):
                first = titles.get(title)
                if first is not None and first != at:
                    repeated.add(at)
        return repeated

    def verdict(self, at: int) -> _Verdict:
        """Judge one line by itself and by its place."""
        line = self.lines[at]
        if at in self.repeated or self._is_breadcrumb(line.text):
            return _Verdict.SURE
        if len(line.text) > _LABEL:
            return _Verdict.CONTENT
        top = at < _TOP
        if line.text.casefold() in self.names or _is_sure(line.text):
            return _Verdict.SURE
        if _LOGO.fullmatch(line.text) or (_BYLINE.fullmatch(line.text) and _is_signed(line.text)):
            return _Verdict.SURE if top else _Verdict.LIKELY
        if labels.is_likely(line.text) or not _READABLE.search(line.text):
            return _Verdict.LIKELY if "|" not in line.text else _Verdict.CONTENT
        short = len(line.text) <= _SITE and not ends_sentence(line.text)
        again = short and self.counts[line.text] > 2 and not _NUMBER.fullmatch(line.text)
        return _Verdict.LIKELY if again else _Verdict.CONTENT

    def _is_breadcrumb(self, line: str) -> bool:
        """Tell "Home > News > AI" and "Home ai Title", where the title stands alone elsewhere."""
        if len(line) > _TITLE + _LABEL or not _CRUMB.match(line) or ends_sentence(line):
            return False
        if len(_CRUMB_SIGN.findall(line)) >= 2 or _CRUMB.sub("", line)[:2].strip() in {*">/»›|"}:
            return True
        others = (other.text.lstrip("# ") for other in self.lines[:_TOP] if other.text != line)
        return any(len(title) >= 10 and line.endswith(" " + title) for title in others)


def _is_sure(line: str) -> bool:
    return bool(
        labels.is_certain(line)
        or _AGO.fullmatch(line.strip(" ·|•-"))
        or all(_ADDRESS.fullmatch(part) for part in _BETWEEN.split(line.strip(" ,|·")))
        or (_HASHTAGS.fullmatch(line) and _READABLE.search(line))
        or (_TAG_LINE.fullmatch(line) and not ends_sentence(line))
    )


def _is_signed(line: str) -> bool:
    """Tell a by-line from a phrase with "by": names are capitalised (the rule ignores case)."""
    latin = re.sub(r"(?i)^(?:(?:written|posted|reported)\s+)?by\s+", "", line)
    return all(not word[:1].islower() for word in latin.split(",")[0].split())


def _settle_numbers(found: Sequence[Line], verdicts: list[_Verdict]) -> None:
    """Judge lines that are only a number.

    After a label of the page they are its counters; alone between two sentences they are page
    numbers; after any other short line they may be its value, and stay.
    """
    for at, line in enumerate(found):
        if len(line.text) > 12 or not _NUMBER.fullmatch(line.text):
            continue
        before = found[at - 1] if at else None
        after = found[at + 1] if at + 1 < len(found) else None
        if before is None or verdicts[at - 1] is not _Verdict.CONTENT:
            verdicts[at] = _Verdict.LIKELY
        elif ends_sentence(before.text):
            alone = line.after_blank and (after is None or after.after_blank)
            page = alone and _PAGE.fullmatch(line.text) and (after is None or len(after.text) > 80)
            verdicts[at] = _Verdict.SURE if page else _Verdict.LIKELY


def _runs(verdicts: Sequence[_Verdict]) -> Iterator[int]:
    """Yield the places of boilerplate lines: all of each run that holds a sure one."""
    run: list[int] = []
    for at, verdict in enumerate([*verdicts, _Verdict.CONTENT]):
        if verdict is not _Verdict.CONTENT:
            run.append(at)
        elif run:
            if any(verdicts[i] is _Verdict.SURE for i in run):
                yield from run
            run = []


def _edges(text: str) -> Iterator[Line]:
    if len(text) <= 2 * EDGE:
        yield from lines(text)
        return
    first_end = text.find("\n", EDGE)
    second = text.rfind("\n", 0, len(text) - EDGE)
    if 0 <= first_end < second:
        yield from lines(text, 0, first_end)
        yield from lines(text, second)
    elif first_end >= 0:
        yield from lines(text, 0, first_end)
        yield from lines(text, first_end)
    else:
        yield from lines(text)
