"""Letters that look like others: a text is brought to the letters that a reader sees, so that what is
looked for in it is found however it was written (after Unicode Technical Standard 39, "confusable").
"""

import re
import unicodedata

# Letters of other scripts that a reader takes for these Latin ones, small then capital.
_SEEN_AS = {
    "a": "аɑαАΑ", "b": "ЬƄВΒ", "c": "сϲСϹ", "d": "ԁԀ", "e": "еҽєЕΕ", "f": "ғϝ", "g": "ɡց", "h": "һհНΗ",
    "i": "іıɩιіІΙ", "j": "јϳЈ", "k": "кκКΚ", "l": "ӏⅼ", "m": "мМΜ", "n": "ոпη", "o": "оοօσОΟՕ", "p": "рρРΡ",
    "q": "ԛզ", "r": "г", "s": "ѕЅՏ", "t": "тτТΤ", "u": "սυ", "v": "νѵ", "w": "ԝω", "x": "хχХΧ", "y": "уүγУΥ",
    "z": "ᴢΖ",
}  # fmt: skip
_LATIN = {ord(seen): letter for letter, every in _SEEN_AS.items() for seen in every}
_APART = re.compile(r"(?<!\w)(?:[a-z][ ._*-]){3,}[a-z](?!\w)", re.IGNORECASE)


def plain(text: str) -> str:
    r"""Return a text to look for Latin or Korean words in: without invisible characters and accents, in
    compatible forms, letters of other scripts as those they look like, words spelt apart together.
    Cyrillic and Greek words are none any more.

    >>> plain("Assist\u0430nt: i\u200bgn\u00f3re")
    'Assistant: ignore'
    """
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    apart = unicodedata.normalize("NFKD", visible)
    bare = "".join(c for c in apart if unicodedata.category(c) != "Mn")
    folded = unicodedata.normalize("NFC", bare).translate(_LATIN)
    return _APART.sub(lambda spelt: re.sub(r"[ ._*-]", "", spelt[0]), folded)
