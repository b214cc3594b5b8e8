"""Names across scripts: does a name written in Hangul stand in a Latin text, or the other way
round? Countries and months come from CLDR (through babel); people and companies are compared by
the consonants that survive transliteration (앤트로픽 ~ Anthropic, 송상훈 ~ Song Sang-hoon).
"""

import re
import unicodedata
from functools import cache

from babel import Locale

# Letters of one class are confused by transliteration between Korean and English.
CLASSES = {
    **dict.fromkeys("kgcqx", "K"),
    **dict.fromkeys("td", "T"),
    **dict.fromkeys("pbfv", "P"),
    **dict.fromkeys("rl", "R"),
    **dict.fromkeys("szj", "S"),
    "m": "M",
    "n": "N",
}
LONG = 4  # consonants of a word that may have its plural in only one of the two scripts
# Initial and final jamo in the order of the Unicode Hangul block, as the classes above; "-" is mute.
INITIALS = "K K N T T R M P P S S - S S S K T P -".split()
FINALS = "- K K K N N N T R R R R R R R R M P P T S NK S S K T P -".split()
# Everyday names of countries and bodies that CLDR does not list, each as one concept.
EVERYDAY = {
    "US": ["us", "u.s.", "u.s", "usa", "america", "american", "united states", "washington", "미국", "미"],
    "GB": ["uk", "u.k.", "u.k", "britain", "british", "england", "united kingdom", "영국", "영"],
    "KR": ["korea", "korean", "south korea", "republic of korea", "한국", "대한민국", "우리나라", "국내", "한"],
    "EU": ["eu", "european union", "european commission", "유럽연합", "유럽", "유럽 연합"],
    "JP": ["japan", "japanese", "일본", "일"],
    "FR": ["france", "french", "프랑스"],
    "CN": ["china", "chinese", "중국"],
    "SEOUL": ["seoul", "서울"],
    "CALIFORNIA": ["california", "californian", "캘리포니아", "캘리포니아주"],
    "ASIA": ["asia", "asian", "아시아"],
    "AFRICA": ["africa", "african", "아프리카"],
    "WHITE-HOUSE": ["white house", "백악관"],
}  # fmt: skip
# Adjectives that are not made from the country's name and one of these endings.
ENDINGS = ("n", "an", "ian", "ean", "ese")
ADJECTIVES = {
    "AE": "emirati", "CH": "swiss", "CY": "cypriot", "DE": "german", "DK": "danish", "ES": "spanish",
    "FI": "finnish", "GR": "greek", "IE": "irish", "IL": "israeli", "IQ": "iraqi", "LB": "lebanese",
    "NE": "nigerien", "NG": "nigerian", "NL": "dutch", "NO": "norwegian", "PE": "peruvian",
    "PH": "filipino", "PK": "pakistani", "PL": "polish", "PT": "portuguese", "SA": "saudi", "SE": "swedish",
    "TH": "thai", "TR": "turkish", "TW": "taiwanese",
}  # fmt: skip
# Romanised Korean surnames whose usual spelling is not their transliteration.
SURNAMES = {
    "lee": "이", "yi": "이", "rhee": "이", "park": "박", "pak": "박", "choi": "최", "jung": "정",
    "chung": "정", "jeong": "정", "kang": "강", "cho": "조", "yoon": "윤", "yun": "윤", "lim": "임",
    "rim": "임", "woo": "우", "yoo": "유", "yu": "유", "ryu": "류", "oh": "오", "noh": "노", "roh": "노",
}  # fmt: skip


@cache
def concepts() -> dict[str, str]:
    """Return lower-case English and Korean names of countries and bodies, and the English adjectives
    of countries, each with its code.
    """
    table: dict[str, str] = {}
    for language in ("en", "ko"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                table[name.casefold()] = code
    for name, code in [row for row in table.items() if row[0].isascii() and " " not in row[0]]:
        stems = {name, name.rstrip("aeiouy")}
        table.update({f"{stem}{ending}": code for stem in stems for ending in ENDINGS})
    table.update({adjective: code for code, adjective in ADJECTIVES.items()})
    for code, names in EVERYDAY.items():
        table.update(dict.fromkeys(names, code))
    return table


def is_hangul(text: str) -> bool:
    """Tell whether any Hangul syllable stands in `text`."""
    return any("가" <= c <= "힣" for c in text)


@cache
def skeletons(word: str) -> frozenset[str]:
    """Return the consonant classes of a word in either script, runs of one class as one; several
    where Korean writes Latin letters in several ways: `th` as ㅅ or ㄷ, `x` as two letters, and in names
    an `r` before a consonant or at the end not at all.

    >>> skeletons("앤트로픽") & skeletons("Anthropic") == skeletons("앤트로픽")
    True
    """
    if is_hangul(word):
        return frozenset({_classes(word.casefold().replace("츠", "트스"))})
    plain = unicodedata.normalize("NFKD", word.casefold())
    ways = {plain, plain.replace("th", "s"), re.sub(r"(?<=.)x", "ks", plain)}
    if word[:1].isupper():  # else "person" were a name
        ways |= {re.sub(r"r(?![aeiouyr])", "", way) for way in ways}
    return frozenset(map(_classes, ways))


def _classes(plain: str) -> str:
    """Return the classes of folded letters."""
    out: list[str] = []
    plain = plain.replace("ch", "s").replace("sh", "s").replace("ph", "p").replace("th", "t")
    plain = re.sub(r"c(?=[eiy])", "s", plain).replace("ng", "n")
    for char in plain:
        if "가" <= char <= "힣":
            code = ord(char) - 0xAC00
            out += INITIALS[code // 588]
            out += "N" if code % 28 == 21 else FINALS[code % 28]
        elif char in CLASSES:
            out += CLASSES[char]
    letters = "".join(out).replace("-", "")
    return "".join(c for i, c in enumerate(letters) if not i or letters[i - 1] != c)


def same_name(one: str, other: str) -> bool:
    """Tell whether two words may be one name in two scripts; needs two consonants to agree.

    Loanwords keep the plural they came with: 콘텐츠 is content.
    """
    return any(
        len(a) >= 2 and (a == b or (len(a) >= LONG and a + "S" == b))
        for first in skeletons(one)
        for second in skeletons(other)
        for a, b in [sorted((first, second), key=len)]
    )


def known(name: str, text: str) -> bool:
    """Tell whether `name` stands in `text`: as written, as the same country, or transliterated.

    Args:
        name: one name, of one or several words, in either script.
        text: the quotes it must come from.
    """
    folded, inside = name.casefold().strip(" .'’"), text.casefold()
    if re.sub(r"[\s\-]", "", folded) in re.sub(r"[\s\-]", "", inside):
        return True
    code = concepts().get(folded)
    if code and any(found(alias, inside) for alias, c in concepts().items() if c == code):
        return True
    words = re.findall(r"[가-힣]+" if not is_hangul(name) else r"[A-Za-z][A-Za-z'’\-]+", text)
    several = len(re.split(r"[\s\-]+", name)) > 1 or is_hangul(name)
    pairs = [f"{a}{b}" for a, b in zip(words, words[1:], strict=False)] if several else []
    ways = _spellings(name)
    return any(
        same_name(way, _stem(w)) or _partly(way, _stem(w)) for way in ways for w in [*words, *pairs]
    )


def _spellings(name: str) -> list[str]:
    """Return a name as one word, and with its romanised surname in Hangul where it has one."""
    words = name.split()
    joined = "".join(words)
    surname = SURNAMES.get(words[0].casefold()) if len(words) > 1 else None
    return [joined, surname + "".join(words[1:])] if surname else [joined]


def _partly(one: str, other: str) -> bool:
    """Tell whether one is a Korean full name and the other its surname or given name alone."""
    hangul, latin = (one, other) if is_hangul(one) else (other, one)
    if len(hangul) != 3 or is_hangul(latin):
        return False
    surname = SURNAMES.get(latin.casefold(), latin)
    return (
        surname == hangul[0]
        or same_name(hangul[0], surname)
        or ("-" in latin and same_name(hangul[1:], latin))
    )


def found(alias: str, folded: str) -> bool:
    """Tell whether `alias` stands in `folded` (both folded) as a word of its own."""
    if is_hangul(alias):
        return len(alias) > 1 and alias in folded
    whole = rf"(?<![a-z]){re.escape(alias)}(?![a-z])"
    return alias in folded and re.search(whole, folded) is not None


PARTICLES = re.compile(
    r"(?<=[가-힣]{2})(은|는|이|가|을|를|의|에|와|과|도|로|으로|에서|에게|께서|측은|씨는|씨가|씨)$"
)


def _stem(word: str) -> str:
    return PARTICLES.sub("", word)
