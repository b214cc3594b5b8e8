"""What kind of thing a question asks for, where its words say so, and whether a text has one at
all: a question of "when" is not answered by a sentence without any time in it.
"""

import re
from typing import Literal

from qa.values import WEEKDAY, coverage, missing, numbers, same_polarity

ECHO = 0.9  # the share of an answer's words
Kind = Literal[
    "weekday",  # a day of the week
    "date",  # a day of the month
    "time",  # a date, a day, a time relative to another event
    "money",  # an amount of money
    "duration",  # a length of time
    "count",  # a number
]
MONEY_WORDS = r"fees?|costs?|pric(?:e|es|ed)|budget|fund(?:s|ing|ed)?|salary|fine[ds]?|worth|revenue|paid|pay|참가비|비용|예산|가격|요금|입장료|등록비|연봉|벌금|기금|매출|투자금?|상금"
ASKS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("money", re.compile(rf"\bhow much\b.*\b(?:{MONEY_WORDS}|money|won|dollars?)\b|\b(?:{MONEY_WORDS})\b.*\bhow much\b|(?:{MONEY_WORDS}).*(?:얼마|몇 ?(?:원|달러))|얼마.*(?:{MONEY_WORDS})|몇 ?(?:만 ?)?(?:원|달러)", re.I)),
    ("duration", re.compile(r"\bhow (?:long (?:is|was|will|does|did|are)|many (?:days|weeks|months|years))\b|(?:유효 ?기간|임기|기간)[^?]*(?:얼마|몇)|며칠 ?(?:동안|간)|며칠 ?짜리|몇 ?(?:년|달|개월|주|일) ?(?:동안|간|짜리)|(?:임기|기간).*몇 ?(?:년|달|개월|주|일)", re.I)),
    ("weekday", re.compile(r"\b(?:what|which) (?:day of the week|weekday)\b|무슨 ?요일|어느 ?요일", re.I)),
    ("date", re.compile(r"\b(?:what|which|exact) (?:exact )?dates?\b|\bon (?:what|which) days?\b|몇 ?월 ?며칠|며칠(?!\s?(?:동안|간|이나|만|짜리))|날짜", re.I)),
    ("time", re.compile(r"^(?:\W*(?:and|so|ok|but|at|on|since|by|until)\W+)?when\b|\b(?:and|,) when\b|\b(?:what|which) (?:exact )?(?:day|year|month)\b|언제|몇 년도|몇 월|어느 해", re.I)),
    ("count", re.compile(r"\bhow many\b|몇 ?(?:명|개국|개|곳|나라|군데|가지|차례|번|건|사람|분|편|회|팀|대|척)(?![가-힣]*째)", re.I)),
)  # fmt: skip
# A question that wants something named, not a yes or a no.
WANTS = re.compile(
    r"\b(?:who|whom|whose|what|when|where|which|why|how)\b"
    r"|누구|누가|뭐|뭘|무엇|무슨|언제|어디|몇|어느|어떤|얼마|왜|어떻게|며칠",
    re.IGNORECASE,
)
# One that offers what it may be answered with.
OFFERS = re.compile(
    r"\bor\b|\bwhich (?:one|of|came|was (?:first|earlier|later))\b|아니면|(?:중|가운데)(?:에서|에)?\s|어느 쪽|또는|혹은",
    re.IGNORECASE,
)
# Questions that want more than one thing: a list, all of something, or two things at once.
ASKS_SEVERAL = re.compile(
    r"^\W*(?:the )?(?:names|people|members|countries|companies|firms|cities|topics|dates)\b|\b(?:all|every|each|both|list|name (?:the|all)|which (?:\w+ )?(?:\w+s|people)\b|what (?:are|were|sort|kinds?|things))"
    r"|\bwhat\b[^?]*\b\w+, \w+,? and \w+\b|\bbullet points?\b"
    r"|\b(?:who|what|when|where|which|how|why)\b.*\band\b.*\b(?:who|what|when|where|which|how|why|to|for)\b"
    r"|모두|전부|다 알|각각|나열|정리|목록|어떤 것들|누구누구|무엇무엇|(?:누구|뭐|무엇|언제|어디|몇|어느|어떤).*(?:누구|뭐|무엇|언제|어디|몇|어느|어떤)",
    re.IGNORECASE,
)
# How many things a question wants: "which two towns", "name all four areas", "세 가지가 뭐야".
WANTED = re.compile(
    r"(?<!of )\b(?:what|which|name|list|give(?: me)?|all|the)\s+(?:all\s+|the\s+)?(?P<en>two|three|four|five|six|[2-6])\s+(?:[\w'’\-]+\s+){0,3}?[\w'’\-]+s\b"
    r"|(?P<both>\bboth (?:(?:of )?the |their )?[\w'’\-]+s\b|둘 ?다)|(?P<ko>두|세|네|다섯|여섯|[2-6])\s?(?:가지|곳|명|개|나라|군데|사람|분)\s?(?:다|모두|전부|만|을|를|은|는|이|가|\?|$)",
    re.IGNORECASE,
)
COUNTS = dict(
    zip("two three four five six 두 세 네 다섯 여섯".split(), [2, 3, 4, 5, 6] * 2, strict=True)
)
TIME = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|\d\s?(?:월|일|년|시|주|분기)|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:last|this|next|same|every|first|second|third|final) (?:year|month|week|day|quarter|spring|summer|autumn|fall|winter)"
    r"|\b(?:today|yesterday|tomorrow|recently|ago|now|soon|annual(?:ly)?|century|decade|morning|afternoon|evening|noon)\b"
    r"|\b(?:after|before|until|once|following|during|since|upon|prior to|while|ahead of)\b|\d\d?:\d\d"
    r"|지난|올해|작년|내년|최근|이날|당일|오늘|어제|내일|오전|오후|이후|직후|이전|까지|[첫둘셋]째 ?날|첫날|다음 ?(?:날|달|해|주)|[뒤후전]에|[월화수목금토일]요일|상반기|하반기|봄|여름|가을|겨울",
    re.IGNORECASE,
)
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DATE = re.compile(
    rf"\b{MONTH}\s+\d{{1,2}}(?!\d)|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\b|(?<!\d)\d{{4}}[-./]\d{{1,2}}[-./]\d"
    r"|(?<!\d)\d{1,2}일(?!\s?(?:간|동안))",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"[$€£¥₩]|\b(?:won|dollars?|euros?|pounds?|yen|cents?|usd|krw|eur|free|no charge)\b|\d\s?(?:천|만|억|조|백만)*\s?(?:여\s?)?(?:원|달러|유로|엔|위안)|무료|유료",
    re.IGNORECASE,
)
DURATION = re.compile(
    r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|decades?|permanent|indefinite(?:ly)?|annual|until)\b"
    r"|\d\s?(?:년|개월|달|주|일|시간|분)|이틀|사흘|나흘|하루|한 ?달|무기한|동안|까지"
    r"|\b\d{1,2}(?:st|nd|rd|th)?\s*(?:and|to|&|-|–)\s*\d{1,2}(?:st|nd|rd|th)?\s+(?:of )?[A-Z]|\d일?\s?(?:과|와|부터|~|–|-)\s?\d{1,2}일",
    re.IGNORECASE,
)
SOME = re.compile(
    r"\b(?:one|both|none|no|single|sole|dozens?|hundreds?|thousands?|couple|pair|several|half|first|once|twice)\b|한 ?(?:명|개|곳|나라|번)|여러|수십|수백|첫|모두|각국|유일",
    re.IGNORECASE,
)


def asks_for(question: str) -> Kind | None:
    """Return what a question asks for, or `None` where its words leave it open."""
    return next((kind for kind, pattern in ASKS if pattern.search(question)), None)


def asks_several(question: str) -> bool:
    """Tell whether a question wants a list, all of something, or two things at once."""
    return ASKS_SEVERAL.search(question) is not None or wanted(question) > 1


def wanted(question: str) -> int:
    """Return how many things a question wants, 1 where it does not say.

    >>> wanted("Name all four priority areas."), wanted("Who opened the museum?")
    (4, 1)
    """
    found = WANTED.search(question)
    if found is None:
        return 1
    word = (found["en"] or found["ko"] or "two").lower()
    return int(word) if word.isdigit() else COUNTS[word]


def echoes(question: str, answer: str) -> bool:
    """Tell whether an answer only repeats words and values of a question that wants something named
    and offers no choice.
    """
    if not answer or not WANTS.search(question) or OFFERS.search(question):
        return False
    if missing(answer, question):
        return False
    return coverage(answer, question) >= ECHO and same_polarity(answer, question)


def has(kind: Kind | None, text: str) -> bool:
    """Tell whether a text holds anything of this kind."""
    if kind == "weekday":
        return bool(WEEKDAY.search(text))
    if kind == "date":
        return bool(DATE.search(text))
    if kind == "time":
        return bool(TIME.search(text))
    if kind == "money":
        return bool(MONEY.search(text))
    if kind == "duration":
        return bool(DURATION.search(text))
    if kind == "count":
        listed = "," in text or "·" in text
        counted = any(v.kind == "number" for v in numbers(text))
        return counted or listed or bool(SOME.search(text))
    return True
