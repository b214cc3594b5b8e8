"""The only door of kiwipiepy, the Korean morphological analyser.

It loads in about a second, on first use, so a folder without Korean never pays for it.
"""

import functools
import re
import threading
from collections.abc import Iterator

from kiwipiepy import Kiwi  # type: ignore[import-untyped]  # it has no stubs

HANGUL = re.compile(r"[가-힣ㄱ-ㆎ]")
_LETTER = re.compile(r"[^\W\d_]")
_BEFORE_START = re.compile(r"\s$|[.!?。！？…][\"'”’)\]]?$")
_FULL_STOP = re.compile(r"(?<=[다요죠까음함임됨])[.!?]\s+(?=\S)")
_lock = threading.Lock()

# Tags of the Sejong set that carry meaning: nouns (not bound or pronouns), verb and adjective
# stems, adverbs, roots, foreign words, Chinese characters, numbers.
_MEANING = {"NNG", "NNP", "NR", "VV", "VA", "MAG", "XR", "SL", "SH", "SN", "W_SERIAL"}


def is_korean(text: str) -> bool:
    """Say whether at least a fifth of the letters are Hangul."""
    hangul = len(HANGUL.findall(text))
    return hangul > 0 and hangul * 5 >= len(_LETTER.findall(text))


def korean_sentence_starts(text: str) -> list[int]:
    """Return the offsets in `text` at which sentences start.

    Kiwi's borders, without those inside a word (`Future)’을`), and with those after a full stop
    outside quotation marks that it misses before an opening one.
    """
    with _lock:
        starts = {sentence.start for sentence in _kiwi().split_into_sents(text)}
    starts = {start for start in starts if start == 0 or _BEFORE_START.search(text[:start][-3:])}
    return sorted(starts | {match.end() for match in _stops_outside_quotes(text)})


def _stops_outside_quotes(text: str) -> Iterator[re.Match[str]]:
    depth = at = 0
    for match in _FULL_STOP.finditer(text):
        for character in text[at : match.end()]:
            if character in "“‘":
                depth += 1
            elif character in "”’":
                depth = max(0, depth - 1)
        at = match.end()
        if depth == 0:
            yield match


def morphemes(text: str) -> list[str]:
    """Return the stems that carry meaning, in order, without particles and endings."""
    with _lock:
        tokens = _kiwi().tokenize(text)
    return [token.form for token in tokens if token.tag.split("-")[0] in _MEANING]


@functools.cache
def _kiwi() -> Kiwi:
    return Kiwi(num_workers=1)


def topic(text: str) -> str:
    """Return what a Korean sentence is about: the words before its first topic or subject particle.

    The whole text where there is none.
    """
    with _lock:
        tokens = _kiwi().tokenize(text)
    for token in tokens:
        if (
            token.tag in ("JX", "JKS")
            and token.form in ("은", "는", "이", "가", "께서")
            and token.start
        ):
            return text[: token.start].strip()
    return text


def common_nouns(text: str, after: int = 0) -> list[str]:
    """Return the Korean common nouns of a text, in order; those from the offset `after` on."""
    with _lock:
        tokens = _kiwi().tokenize(text)
    return [token.form for token in tokens if token.tag == "NNG" and token.start >= after]


def proper_nouns(text: str) -> list[str]:
    """Return the Korean proper nouns of a text, in order."""
    with _lock:
        tokens = _kiwi().tokenize(text)
    return [token.form for token in tokens if token.tag == "NNP" and len(token.form) > 1]


def relative_clause(text: str) -> int:
    """Return where the noun ends that a Korean sentence begins by telling something of, as
    `한빛도서관이 들어선` of `건물`; 0 where it does not begin so, or nothing follows.
    """
    with _lock:
        tokens = _kiwi().tokenize(text)
    for at, token in enumerate(tokens[:-1]):
        told = any(t.tag in ("JKS", "JKO", "JKB", "JX") for t in tokens[:at])
        if token.tag != "ETM" or not told:
            continue
        nouns = at + 1 + (tokens[at + 1].form == "그")
        end = nouns
        while end < len(tokens) and tokens[end].tag in ("NNG", "NNP", "SL", "XSN"):
            end += 1
        if end > nouns and end < len(tokens) - 1:
            return int(tokens[end - 1].start + tokens[end - 1].len)
    return 0
