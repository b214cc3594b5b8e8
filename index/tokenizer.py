"""Words for the lexical index.

Korean gives its morphemes (a name is found whatever particle follows it) and the bigrams of every
Hangul run (for what the analyser does not know); other languages give lower-cased, lightly
stemmed words; numbers keep their digits.
"""

import re
import unicodedata
from dataclasses import dataclass

from index.kiwi import HANGUL, morphemes

NAME_LENGTH = 4  # a Hangul run this short may be a name the analyser takes apart; kept whole too

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_HANGUL_RUN = re.compile(r"[가-힣]{2,}")
_HAN_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")

# Function words, too frequent to tell passages apart.
_STOP_WORDS = (
    "a an and are as at be been but by did do does for from had has have he her his how i if in"
    " into is it its my not of on or our she that the their them they this to was we were what"
    " when where which who whom whose why will with would you your"
)
_STOP = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True)
class Words:
    """What a text is found by: `words` (stems and numbers) and `pairs` (Hangul bigrams)."""

    words: tuple[str, ...]
    pairs: tuple[str, ...]


def words(text: str) -> Words:
    """Return the words and Hangul pairs of a text, in order, repeats kept."""
    text = unicodedata.normalize("NFKC", text)
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group().casefold()
        if HANGUL.search(word):
            continue
        if word[0].isdigit():
            found.append(word.replace(",", ""))
        elif _HAN_RUN.search(word):
            found.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif word not in _STOP:
            found.append(stem(word))
    pairs: list[str] = []
    if HANGUL.search(text):
        stems = [form for form in morphemes(text) if HANGUL.search(form)]
        found.extend(stems)
        for run in _HANGUL_RUN.findall(text):
            if len(run) <= NAME_LENGTH and run not in stems:
                found.append(run)
            pairs.extend(run[i : i + 2] for i in range(len(run) - 1))
    return Words(tuple(found), tuple(pairs))


def stem(word: str) -> str:
    """Return an English word without possessive, plural and the commonest verb endings.

    >>> [stem(w) for w in ("agency's", "agencies", "signed", "signing", "passes", "class")]
    ['agency', 'agency', 'sign', 'sign', 'pass', 'class']
    """
    word = re.sub(r"['’]s?$|['’].*", "", word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return _without_ending(word[: -len(ending)])
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def _without_ending(root: str) -> str:
    if not re.search(r"[aeiouy]", root):
        return root
    doubled = len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz"
    return root[:-1] if doubled else root
