"""Compares the words of two texts: exact match and token F1 as SQuAD and KorQuAD count them, and
how much of a sentence stands in its quotes. Knows texts only; `answers.py` judges whole answers.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

from eval.text import fold

ARTICLES = re.compile(r"\b(a|an|the)\b")
# What KorQuAD's evaluation turns into blanks; all other ASCII punctuation it deletes.
KOREAN_MARKS = re.compile("[《》<>〈〉‘’\"'()]")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str, language: str) -> str:
    """Return a text as exact match compares it.

    English: lower case, ASCII punctuation deleted, articles dropped, white space folded, in that
    order, as SQuAD's evaluation does (Rajpurkar et al. 2016). Korean: as KorQuAD 1.0's does (Lim
    et al. 2019): quotation marks and brackets become blanks, and there are no articles. Before
    either, NFKC, so that a full-width digit is a digit.
    """
    lowered = unicodedata.normalize("NFKC", text).lower()
    if language == "ko":
        return " ".join(KOREAN_MARKS.sub(" ", lowered).translate(PUNCTUATION).split())
    return " ".join(ARTICLES.sub(" ", lowered.translate(PUNCTUATION)).split())


def units(text: str, language: str) -> list[str]:
    """Return what F1 counts: words in English, characters in Korean (KorQuAD 1.0), because
    particles are written onto words.
    """
    words = normalised(text, language).split()
    return list("".join(words)) if language == "ko" else words


def exact_match(text: str, gold: str, language: str) -> bool:
    """Tell whether answer and gold are the same (SQuAD, Rajpurkar et al. 2016)."""
    return normalised(text, language) == normalised(gold, language)


def token_f1(text: str, gold: str, language: str) -> float:
    """Return the F1, 0 to 1, of words (English) or characters (Korean) shared with the gold."""
    ours, theirs = units(text, language), units(gold, language)
    if not ours or not theirs:
        return float(ours == theirs)
    shared = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * shared / (len(ours) + len(theirs))


def best_of(golds: Sequence[str], text: str, language: str) -> tuple[float, float]:
    """Return exact match (0 or 1) and F1 against the gold that fits best, as SQuAD does.

    An empty `text` says that there is no answer; without golds that is right (SQuAD 2.0,
    Rajpurkar et al. 2018).
    """
    wanted = golds or ("",)
    match = max(float(exact_match(text, gold, language)) for gold in wanted)
    return match, max(token_f1(text, gold, language) for gold in wanted)


def contains(text: str, golds: Sequence[str], language: str) -> bool:
    """Tell whether a longer answer holds one of the golds, both normalised.

    The "accuracy" of RGB (Chen et al. 2024) and of open-domain question answering, for answers
    that are sentences; in Korean blanks do not count.
    """
    blank = "" if language == "ko" else " "

    def whole(part: str) -> str:
        return blank + normalised(part, language).replace(" ", blank) + blank

    return any(whole(gold).strip() and whole(gold) in whole(text) for gold in golds)


def words_supported(sentence: str, quotes: Sequence[str]) -> float | None:
    """Return the share of a sentence's words that its quotes hold, 0 to 1.

    K-precision (Adlakha et al. 2024, "Evaluating Correctness and Faithfulness of
    Instruction-Following Models for Question Answering"), which follows human judgement of
    faithfulness; Korean is compared by pairs of letters, because particles change the ends of
    words. `None` where sentence and quotes are in different scripts or there is nothing to count.
    """
    joined = " ".join(quotes)
    said, held = _grams(sentence), set(_grams(joined))
    if not said or (quotes and _is_korean(sentence) != _is_korean(joined)):
        return None
    return sum(gram in held for gram in said) / len(said)


def numbers_supported(sentence: str, quotes: Sequence[str]) -> bool:
    """Tell whether every number written in digits stands in the quotes, too."""
    held = set(re.findall(r"\d+", fold(" ".join(quotes)).replace(",", "")))
    return set(re.findall(r"\d+", fold(sentence).replace(",", ""))) <= held


def supported(sentence: str, quotes: Sequence[str]) -> bool | None:
    """Tell by words alone whether quotes support a sentence; `None` where that cannot be told.

    Every number must stand in them and four fifths of the words: a rule in place of the entailment
    model of ALCE (Gao et al. 2023), the same for every engine and independent of its models.
    """
    share = words_supported(sentence, quotes)
    return None if share is None else share >= 0.8 and numbers_supported(sentence, quotes)


def _grams(text: str) -> list[str]:
    grams: list[str] = []
    for word in re.findall(r"\w+", fold(text)):
        if any("가" <= c <= "힣" for c in word):
            grams += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        elif word not in ("a", "an", "the"):
            grams.append(word)
    return grams


def _is_korean(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return sum("가" <= c <= "힣" for c in letters) * 2 > len(letters)
