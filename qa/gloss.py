"""Renders names, dates and amounts of a Korean text in English by rule, where a small language model
invents them: names as the documents spell them, else people by romanisation, countries by CLDR,
dates and amounts by arithmetic.
"""

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale

from index.kiwi import common_nouns, proper_nouns
from qa.names import concepts
from qa.values import MONTHS

INITIALS = "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" ")
VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
FINALS = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ")
# Usual spellings of surnames, where they differ from their transliteration.
SPELLED = {
    "김": "Kim", "이": "Lee", "박": "Park", "최": "Choi", "정": "Jeong", "강": "Kang", "조": "Cho",
    "윤": "Yoon", "장": "Jang", "임": "Lim", "한": "Han", "오": "Oh", "서": "Seo", "신": "Shin",
    "권": "Kwon", "황": "Hwang", "안": "Ahn", "송": "Song", "류": "Ryu", "유": "Yoo", "전": "Jeon",
    "홍": "Hong", "고": "Ko", "문": "Moon", "양": "Yang", "손": "Son", "배": "Bae", "백": "Baek",
    "허": "Heo", "남": "Nam", "심": "Shim", "노": "Noh", "하": "Ha", "곽": "Kwak", "성": "Sung",
    "차": "Cha", "주": "Joo", "우": "Woo", "구": "Koo", "민": "Min", "나": "Na", "진": "Jin",
    "지": "Ji", "엄": "Eom", "채": "Chae", "원": "Won", "천": "Cheon", "방": "Bang", "공": "Kong",
    "현": "Hyun", "함": "Ham", "변": "Byun", "염": "Yeom", "여": "Yeo", "추": "Choo", "도": "Do",
    "소": "So", "석": "Seok", "선": "Sun", "설": "Seol", "마": "Ma", "길": "Gil", "연": "Yeon",
    "위": "Wi", "표": "Pyo", "명": "Myung", "기": "Ki", "반": "Ban", "라": "Ra", "왕": "Wang",
    "금": "Keum", "옥": "Ok", "육": "Yook", "인": "In", "맹": "Maeng", "제": "Je", "모": "Mo",
    "탁": "Tak", "국": "Kook", "어": "Eo", "은": "Eun", "편": "Pyun", "용": "Yong",
}  # fmt: skip
TITLES = (
    "부총리|총리|장관|차관|위원장|단장|소장|원장|관장|실장|국장|과장|팀장|센터장|본부장|부장|처장|청장|시장|"
    "군수|도지사|지사|이사장|이사|사장|회장|부회장|대표|총장|학장|교수|박사|연구원|연구위원|책임|수석|선임|"
    "기자|의원|대사|감독|작가|변호사|판사|검사|의장|총재|행장|전무|상무|씨|대변인|보좌관|비서관|코치|선수"
)
TITLED = re.compile(rf"(?:{TITLES})\s(?P<after>[가-힣]{{3}})(?![가-힣])|(?<![가-힣])(?P<before>[가-힣]{{3}})\s(?=(?:[가-힣A-Za-z]+\s)?[가-힣]*(?:{TITLES})(?:[은는이가을를의과와도]|께서|님)?(?![가-힣]))")  # fmt: skip
DATE = re.compile(
    r"(?:(?P<year>\d{4})년\s*)?(?P<month>1[0-2]|[1-9])월(?:\s*(?P<day>[12]\d|3[01]|[1-9])일)?|(?P<only>\d{4})년(?!\s?(?:간|동안))"
)
SCALES = {"천": 1e3, "만": 1e4, "십만": 1e5, "백만": 1e6, "천만": 1e7, "억": 1e8, "조": 1e12}
AMOUNT = re.compile(
    r"(?<!제)(?<!\d)(?P<digits>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>천만|백만|십만|천|만|억|조)?\s?(?P<about>여)?\s?"
    r"(?P<unit>원|달러|유로|엔|명|개국|개사|개 기업|개 기관|개|곳|건|회|차례|시간|개월|년간|일간|주|%|퍼센트|점|편|팀|대|척|m|km)"
)
UNITS = {
    "원": "won", "달러": "dollars", "유로": "euros", "엔": "yen", "명": "people", "개국": "countries",
    "개사": "companies", "개 기업": "companies", "개 기관": "organisations", "개": "", "곳": "places",
    "건": "cases", "회": "times", "차례": "times", "시간": "hours", "개월": "months",
    "년간": "years", "일간": "days", "주": "weeks", "%": "percent", "퍼센트": "percent",
    "점": "items", "편": "", "팀": "teams", "대": "", "척": "ships", "m": "m", "km": "km",
}  # fmt: skip
COUNTED = {"이틀": "two days", "사흘": "three days", "나흘": "four days", "첫째 날": "the first day", "둘째 날": "the second day", "셋째 날": "the third day"}  # fmt: skip
# A name in both scripts, one of them in brackets.
HANGUL_AFTER = re.compile(
    r"(?P<latin>[A-Z][\w'’.\-]*(?: (?:[A-Z][\w'’.\-]*|of|and|for|the|on|&))*)\s?\((?P<hangul>[가-힣][가-힣 ]+)\)"
)
LATIN_AFTER = re.compile(
    r"(?P<hangul>(?<=[‘“'\"])[^‘’“”'\"().,]{,30}[가-힣][^‘’“”'\"().,]{,10}?|[가-힣]{3,})\s?\((?P<latin>[A-Z][\w&'’.\- ]+?)(?:,[^()]*)?\)"
)
SHORTEST_NAMED = 4  # letters of an institution's name in Hangul; what is shorter is a kind of one


def gloss(text: str, spelled: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Return Korean words of `text` with their English rendering, in order, each once.

    Args:
        text: Korean.
        spelled: how names are to be spelled (`spellings`).

    >>> gloss("송상훈 단장이 10월 28일 일본에서 3조 원을 말했다.")
    [('송상훈', 'Song Sang-hun'), ('10월 28일', '28 October'), ('일본', 'Japan'), ('3조 원', '3 trillion won')]
    """
    found: dict[str, str] = {name: romanised(name) for name in people(text)}
    found |= {name: latin for name, latin in (spelled or {}).items() if name in text}
    found |= {m[0].strip(): _date(m) for m in DATE.finditer(text)}
    found |= {m[0]: _amount(m) for m in AMOUNT.finditer(text)}
    found |= {k: v for k, v in COUNTED.items() if k in text}
    for name, english in countries().items():
        if name in text and not any(name in longer for longer in found):
            found[name] = english
    return sorted(found.items(), key=lambda row: text.find(row[0]))


def spellings(text: str) -> dict[str, str]:
    """Return names in Hangul with their Latin spelling, where a text puts one in brackets after the
    other.

    >>> spellings("Han Bi-ro (한비로) spoke. 한빛해양연구원(HMRI)과 ‘해양 자료 포럼(Sea Data Forum)’")
    {'한비로': 'Han Bi-ro', '한빛해양연구원': 'HMRI', '해양 자료 포럼': 'Sea Data Forum'}
    """
    found = {" ".join(m["hangul"].split()): m["latin"] for m in HANGUL_AFTER.finditer(text)}
    for match in LATIN_AFTER.finditer(text):
        name, latin = " ".join(match["hangul"].split()), match["latin"].strip()
        one_name = " " in name or name in people(name) or len(latin.split()) == 1
        if one_name and (len(name) >= SHORTEST_NAMED or name in people(name)):
            found.setdefault(name, latin)
    return found


def people(text: str) -> list[str]:
    """Return Korean personal names of three syllables: proper nouns with a surname, or with a title."""
    named = [m["after"] or m["before"] for m in TITLED.finditer(text)]
    named += [n for n in proper_nouns(text) if re.fullmatch(r"[가-힣]{3}", n)]
    other = set(concepts()) | set(TITLES.split("|")) | set(common_nouns(text))
    return [n for n in dict.fromkeys(named) if n[0] in SPELLED and n not in other]


def romanised(name: str) -> str:
    """Return a Korean name in Latin script: surname as usually spelled, given name with a hyphen."""
    given = [syllable(c) for c in name[1:]]
    return (
        f"{SPELLED.get(name[0]) or syllable(name[0]).capitalize()} {'-'.join(given).capitalize()}"
    )


def syllable(char: str) -> str:
    """Return one Hangul syllable in the Revised Romanisation of Korean (2000)."""
    code = ord(char) - 0xAC00
    return INITIALS[code // 588] + VOWELS[code % 588 // 28] + FINALS[code % 28]


@cache
def countries() -> dict[str, str]:
    """Return Korean names of countries with their English ones, from CLDR and everyday use."""
    english = Locale("en").territories
    names = {
        name: english[code]
        for name, code in concepts().items()
        if code in english and re.fullmatch(r"[가-힣]{2,}", name)
    }
    names.pop("국내", None)
    names.pop("우리나라", None)
    return names | {"한국": "South Korea", "대한민국": "South Korea"}


def _date(match: re.Match[str]) -> str:
    if match["only"]:
        return str(match["only"])
    month = next(n for n, i in MONTHS.items() if i == int(match["month"])).capitalize()
    return " ".join(filter(None, (match["day"], month, match["year"])))


def _amount(match: re.Match[str]) -> str:
    size = float(match["digits"].replace(",", "")) * SCALES.get(match["scale"] or "", 1)
    for scale, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if size >= scale:
            written = f"{size / scale:g} {word}"
            break
    else:
        written = f"{size:,g}" if size < 1e5 else f"{size:,.0f}"
    about = "more than " if match["about"] else ""
    return f"{about}{written} {UNITS[match['unit']]}".strip()
