"""In which language a text is written. Scripts decide where they can, because a statistical model
is unsure of short texts and Korean articles are full of Latin names; py3langid, which this module
is the door of, tells Latin-script languages apart.
"""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_SAMPLE = 20_000  # characters; more do not change the answer
_LATIN = ("de", "en", "es", "fr", "id", "it", "nl", "pl", "pt", "sv", "tr", "vi")
_SURE = 0.9  # below this a text of Latin letters is called English
_SHORT = 40  # letters; an ASCII text below this is called English
_HANGUL = re.compile("[가-힣ㄱ-ㆎ]")
_KANA = re.compile("[぀-ヿ]")
_HAN = re.compile("[一-鿿]")
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN_LETTER = re.compile("[A-Za-zÀ-ɏḀ-ỿ]")


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the main language of `text`; "en" where nothing tells.

    A Hangul syllable holds as much as two or three Latin letters, so a fifth of Hangul among the
    letters already makes a text Korean.
    """
    sample = text[:_SAMPLE]
    letters = len(_LETTER.findall(sample))
    if not letters:
        return "en"
    if len(_HANGUL.findall(sample)) * 5 >= letters:
        return "ko"
    if len(_KANA.findall(sample)) * 10 >= letters:
        return "ja"
    if len(_HAN.findall(sample)) * 3 >= letters:
        return "zh"
    if len(_CYRILLIC.findall(sample)) * 2 >= letters:
        return "ru"
    if len(_LATIN_LETTER.findall(sample)) * 2 >= letters:
        return _latin(sample, letters)
    return str(_identifier(None).classify(sample)[0])


def _latin(sample: str, letters: int) -> str:
    if letters < _SHORT and sample.isascii():
        return "en"
    code, probability = _identifier(_LATIN).classify(sample)
    return str(code) if probability >= _SURE else "en"


@cache
def _identifier(languages: tuple[str, ...] | None) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(languages)
    return identifier
