"""Bytes to text: Unicode by its marks, strict UTF-8, Korean CP949, then a guess by
charset-normalizer, which this module is the door of. The byte order mark is dropped; nothing else
is. It does not know what the text means.
"""

import codecs
import re

from charset_normalizer import from_bytes

from sources.errors import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SYLLABLE = re.compile("[가-힣]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_WESTERN = re.compile("[À-ÖØ-öø-ÿŒœŠšŽž“”‘’–—…€£§°«»•·]")
_EXPECTED = re.compile("[\t-\r -\u024f가-힣\u2010-\u2027\u3000-\u3011]")
_OLD = (
    "cp949", "shift_jis", "euc_jp", "gb18030", "big5", "cp1251", "koi8_r", "cp1252", "cp1250",
)  # fmt: skip
_SAMPLE = 200_000  # characters that decide whether a guess is plausible


def decode(data: bytes) -> str:
    """Decode bytes of unknown encoding.

    Raises:
        UnreadableFile: the bytes are no text in an encoding that can be told.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            text = _strict(data[len(mark) :], codec)
            if text is None:
                raise _not_text(f"it begins as {codec.upper()} but breaks off")
            return _checked(text)
    if b"\0" in data[:_SAMPLE]:
        return _checked(_utf16_without_mark(data))
    text = _strict(data, "utf-8")
    if text is None:
        text = _korean(data)
    if text is None:
        text = _guess(data)
    return _checked(text)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _utf16_without_mark(data: bytes) -> str:
    """Decode UTF-16 without a mark: the zero halves of its Latin letters say which order.

    The wrong order, or bytes that are something else, give letters of many scripts.
    """
    sample = data[:_SAMPLE]
    little = sample[1::2].count(0) > sample[0::2].count(0)
    text = _strict(data, "utf-16-le" if little else "utf-16-be") or ""
    expected = len(_EXPECTED.findall(text[:_SAMPLE]))
    if expected * 10 < min(len(text), _SAMPLE) * 8 or not text:
        raise _not_text("it holds zero bytes")
    return text


def _korean(data: bytes) -> str | None:
    """Decode CP949 if the result is Korean as people write it.

    A statistical detector needs more text than a short note has. Here nearly all that is not ASCII
    must be Hangul of KS X 1001, the 2,350 syllables in common use: Western, Chinese or Japanese
    bytes read as CP949 give Hanja, jamo and rare syllables instead.
    """
    text = _strict(data, "cp949")
    if text is None:
        return None
    foreign = "".join(_FOREIGN.findall(text[:_SAMPLE]))
    syllables = "".join(_SYLLABLE.findall(foreign))
    common = len(syllables.encode("euc-kr", "ignore")) // 2
    return text if common * 10 >= len(foreign) * 7 and common >= len(syllables) * 0.95 else None


def _guess(data: bytes) -> str:
    best = from_bytes(data, cp_isolation=list(_OLD)).best()
    if best is None:  # too short to tell: Western letters among mostly plain ones
        western = _strict(data, "cp1252") or ""
        sample = western[:_SAMPLE]
        foreign = len(_FOREIGN.findall(sample))
        if foreign == len(_WESTERN.findall(sample)) and foreign * 4 < len(sample):
            return western
        raise _not_text("its bytes fit no text encoding")
    text = _strict(data, best.encoding)
    if text is None:
        raise _not_text(f"it looks like {best.encoding} but breaks off")
    return text


def _checked(text: str) -> str:
    text = text.removeprefix("\ufeff")
    controls = len(_CONTROL.findall(text[:_SAMPLE]))
    if "\0" in text or controls * 100 > min(len(text), _SAMPLE):
        raise _not_text("it holds control characters")
    return text


def _not_text(why: str) -> UnreadableFile:
    return UnreadableFile(f"this is not text ({why}); save it as UTF-8 text")
