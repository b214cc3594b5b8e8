"""Values in a text: numbers, ordinals, months, days of the week and names, in English and Korean, normalised so that
`sixteen` = `16` = `열여섯`, `28 October` = `10월 28일`, `fourth` = `네 번째`. Grounding asks that
every value of a sentence stands in its quotes.
"""

import re
import unicodedata
from dataclasses import dataclass

from qa.names import is_hangul, known

UNITS_EN = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty".split(),
        range(2, 21),
        strict=True,
    )
) | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
ORDINALS_EN = dict(
    zip(
        "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        range(2, 13),
        strict=True,
    )
)
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "백": 1e2, "천": 1e3, "만": 1e4, "백만": 1e6, "천만": 1e7, "억": 1e8, "조": 1e12,
}  # fmt: skip
NATIVE_KO = {
    "두": 2, "둘": 2, "세": 3, "셋": 3, "네": 4, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8,
    "아홉": 9, "열": 10, "열한": 11, "열두": 12, "스무": 20, "이틀": 2, "사흘": 3, "나흘": 4,
}  # fmt: skip
COUNTERS = "번째|째|개국|개|명|곳|차례|가지|달|시간|사람|해|살|건|회|차|팀|편|쪽|군데|배|주|단계|국가|나라|기관|기업"
MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|"
        "september sep sept|october oct|november nov|december dec".split("|"),
        1,
    )
    for name in names.split()
}
NUMBER = re.compile(
    r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*"
    r"(hundred|thousand|million|billion|trillion|백만|천만|백|천|만|억|조)?(?![\d])",
    re.IGNORECASE,
)
ISO_DATE = re.compile(r"(?<!\d)(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
KOREAN_MONTH = re.compile(r"(?<!\d)(1[0-2]|[1-9])월")
WEEKDAYS = {
    name: str(number)
    for number, names in enumerate(
        "monday 월요일|tuesday 화요일|wednesday 수요일|thursday 목요일|friday 금요일|saturday 토요일|sunday 일요일".split(
            "|"
        ),
        1,
    )
    for name in names.split()
}
WEEKDAY = re.compile(rf"(?<![a-z])({'|'.join(WEEKDAYS)})", re.IGNORECASE)
AMBIGUOUS_MONTHS = frozenset({"may", "march", "mar"})
COUNTED = re.compile(
    rf"({'|'.join(sorted(NATIVE_KO, key=len, reverse=True))})\s?(?:{COUNTERS})|(이틀|사흘|나흘)"
)
MONTH_WORD = re.compile(r"\b(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?", re.I)


@dataclass(frozen=True, order=True)
class Value:
    """A normalised value and the words it was written with."""

    kind: str  # "number", "month", "weekday" or "name"
    value: str
    written: str


def numbers(text: str) -> set[Value]:
    """Return numbers, ordinals, months and days of the week of `text`; a date gives its parts, one by
    one.
    """
    found = {Value("weekday", WEEKDAYS[m[1].lower()], m[1]) for m in WEEKDAY.finditer(text)}

    def iso(match: re.Match[str]) -> str:
        year, month, day = (int(part) for part in match.groups())
        found.update({_number(year, match[1]), _number(day, match[0])})
        found.add(Value("month", str(month), match[0]))
        return " "

    rest = ISO_DATE.sub(iso, text)
    found |= {Value("month", m[1], m[0]) for m in KOREAN_MONTH.finditer(rest)}
    rest = KOREAN_MONTH.sub(" ", rest)
    found |= {
        Value("month", str(MONTHS[m[1].lower()]), m[0])
        for m in MONTH_WORD.finditer(rest)
        if m[1].lower() not in AMBIGUOUS_MONTHS or _near_digit(rest, m)
    }
    for match in NUMBER.finditer(re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", rest)):
        size = float(match[1].replace(",", "") + (match[2] or ""))
        found.add(_number(size * SCALES.get((match[3] or "").lower(), 1), match[0].strip()))
    for match in re.finditer(r"[A-Za-z]+(?:-[A-Za-z]+)?", rest):
        found |= _english_word(match[0])
    found |= {_number(NATIVE_KO[m[1] or m[2]], m[0]) for m in COUNTED.finditer(rest)}
    return found


def _number(size: float, written: str) -> Value:
    return Value("number", f"{size:.6f}".rstrip("0").rstrip("."), written)


def _near_digit(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 4) : match.start()] + text[match.end() : match.end() + 6]
    return match[1][0].isupper() and any(c.isdigit() for c in around)


def _english_word(word: str) -> set[Value]:
    low = word.lower()
    if low in UNITS_EN or low in ORDINALS_EN:
        return {_number((UNITS_EN | ORDINALS_EN)[low], word)}
    tens, _, last = low.partition("-")
    ones = UNITS_EN | ORDINALS_EN | {"one": 1, "first": 1}
    if UNITS_EN.get(tens, 0) >= 20 and last in ones:
        return {_number(UNITS_EN[tens] + ones[last], word)}
    return set()


# Words of titles and institutions that are translated, not transliterated, between the languages.
TRANSLATED = frozenset(
    "institute institutes ministry minister ministers office offices forum summit safety security agreement "
    "memorandum understanding mou director general head chief president chairman chair chairperson ceo policy "
    "national international global network government university college school center centre agency "
    "association committee commission council department division bureau board company corporation group "
    "foundation federation union alliance party court act bill law plan project program programme strategy "
    "science technology research development information communication communications electronics electronic "
    "telecommunications artificial intelligence ai education health culture tourism industry trade economy "
    "finance energy environment defense defence foreign affairs justice labor labour agriculture transport "
    "land sea ocean air space city province state region hotel museum hall tower square street river park "
    "day days year years month week million billion trillion won korea's vice deputy acting senior advisor "
    "professor doctor researcher support leader team member members secretary speaker spokesperson "
    "declaration statement cooperation future model models system standards north south east west new big "
    "tech world first early public private joint conference meeting session ceremony opening closing".split()
)
# Capitalised words that begin sentences or stand for no name.
COMMON = frozenset(
    "the a an this that these those it its he she they we i you there here in on at by for from to of as "
    "and or but if when while after before since with under during according both all each no not yes "
    "his her their our my your who what which where why how is are was were has have had will would "
    "monday tuesday wednesday thursday friday saturday sunday however therefore additionally moreover "
    "through although because also then thus one first second third about documents sources source "
    "did do does can could would should might must i'm i've give tell show explain describe compare "
    "counting cross-check please".split()
)
WORD = r"(?:(?:[A-Z]\.){2,}|[A-Z][A-Za-z0-9]*(?:[.&'’\-][A-Za-z0-9]+)*)"
NAME = re.compile(rf"{WORD}(?:(?<!['’]s)\s+{WORD})*")  # "Oslo's AI" is two
OPENING = ".!?:“\"‘'(\n"


def names(text: str) -> set[Value]:
    """Return names in Latin script: runs of capitalised words, without a sentence's first common
    word.
    """
    found: set[Value] = set()
    for match in NAME.finditer(text):
        before = text[: match.start()].rstrip()
        words = [re.sub(r"['’]s$", "", w) for w in match[0].split()]
        words = [w if w.count(".") > 1 else w.rstrip(".") for w in words]
        opens = not before or before[-1] in OPENING
        if opens and (words[0].casefold() in COMMON or (len(words) == 1 and _plain_word(words[0]))):
            words = words[1:]
        words = [re.sub(r"(?<=[A-Z]{2})s$", "", w) for w in words]
        words = [w for w in words if w.casefold() not in COMMON and w.casefold() not in MONTHS]
        if words:
            found.add(Value("name", " ".join(words).casefold(), " ".join(words)))
    return found


def _plain_word(word: str) -> bool:
    return word[1:].islower() and word.isalpha()


# A name of an institution: capitalised words joined by small ones ("Ministry of Science and ICT").
INSTITUTION = re.compile(rf"{WORD}(?:\s+{WORD})*\s+of\s+(?:the\s+)?{WORD}(?:(?:\s+and)?\s+{WORD})*")


NEAR = 6  # words that may stand between those of a name


def altered(sentence: str, quotes: str) -> set[Value]:
    """Return names whose words stand in the quotes, but in no one place: joined from two names, or
    of institutions, cut short. Only where both are in one language.
    """
    if is_hangul(quotes) != is_hangul(sentence):
        return set()
    plain = _letters(quotes)
    long = {" ".join(m[0].split()) for m in INSTITUTION.finditer(sentence)}
    found = {Value("name", n.casefold(), n) for n in long if _letters(n) not in plain}
    for name in names(sentence):
        if " " in name.written and _letters(name.written) not in plain:
            found |= set() if _near(name.written, quotes) else {name}
    return found


def _near(name: str, quotes: str) -> bool:
    """Tell whether the words of a name stand near one another in a sentence of the quotes."""
    size = len(name.split()) + NEAR
    for row in (row.split() for row in re.split(r"(?<=[.!?])\s", quotes)):
        places = range(max(1, len(row) - size + 1))
        if any(stands(name, " ".join(row[at : at + size])) for at in places):
            return True
    return False


def _letters(text: str) -> str:
    return re.sub(r"\W+|\bthe\b", "", text.casefold().replace(" the ", " ").replace("&", "and"))


def stands(name: str, quotes: str) -> bool:
    """Tell whether a name stands in the quotes, as a whole or in its words."""
    if known(name, quotes):
        return True
    translated = is_hangul(quotes)
    words = [w for w in name.split() if not (translated and w.casefold() in TRANSLATED)]
    return all(known(word, quotes) for word in words) or (
        len(words) > 1 and known(" ".join(words), quotes)
    )


def missing(sentence: str, quotes: str) -> list[Value]:
    """Return the values of `sentence` that `quotes` do not contain, sorted."""
    there = {(v.kind, v.value) for v in numbers(quotes)}
    absent = [v for v in numbers(sentence) if (v.kind, v.value) not in there]
    absent += [v for v in names(sentence) if not stands(v.written, quotes)]
    return sorted(absent)


def hangul_share(text: str) -> float:
    """Return the share of letters that are Hangul (0 to 1)."""
    letters = [c for c in text if c.isalpha()]
    return sum(is_hangul(c) for c in letters) / len(letters) if letters else 0.0


def garbled(sentence: str, known_text: str) -> list[str]:
    """Return words that a small model broke: letters of a third script, Hangul run into Latin
    (`아르ctic`), or an English verb with a Korean ending (`built하고`), where `known_text` (quotes and
    question) does not write them so.
    """
    mixed = re.findall(
        r"[가-힣]+[A-Za-z]+|\b[a-z]{2,}(?:하|했|한|할|되|됐|된|될)[가-힣]*", sentence
    )
    foreign = [w for w in re.findall(r"\w+", sentence) if any(_third_script(c) for c in w)]
    return [word for word in mixed + foreign if word not in known_text]


def _third_script(char: str) -> bool:
    return char.isalpha() and not (
        "가" <= char <= "힣" or unicodedata.name(char, "").startswith("LATIN")
    )


def coverage(sentence: str, quotes: str) -> float:
    """Return the share of a sentence's words of content whose beginnings stand in the quotes."""
    words = [w for w in re.findall(r"\w{2,}", sentence.casefold()) if w not in COMMON]
    folded = quotes.casefold()
    found = sum((w[:5] if w.isascii() else w[:2]) in folded for w in words)
    return found / len(words) if words else 0.0


NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot)\b|n['’]t\b|않|아니|아닌|없|못하|못 ",
    re.IGNORECASE,
)


def same_polarity(sentence: str, quotes: str) -> bool:
    """Tell whether sentence and quotes both deny something or both do not."""
    return bool(NEGATION.search(sentence)) == bool(NEGATION.search(quotes))
