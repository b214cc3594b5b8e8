"""Properties of whatever reads what others wrote: for any bytes, text or JSON there is a result that
keeps its promises, or one error of ours. `make test` tries each a few times, `make torture` often.
"""

import hashlib
import io
import json
import random
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from eval.cases import load
from eval.errors import EvaluationError
from index.passages import passages
from index.sentences import split
from index.tokenizer import words
from qa.errors import SavedError
from qa.page.images import picture
from qa.records.conversations import Conversation, Conversations
from qa.records.receipt import FORM, FilesNow, verify
from sources import UnreadableFile, canonical
from sources.__main__ import main
from sources.loaders import SUFFIXES
from tests.bytes_to_read import hold_invariants, read_bytes
from tests.fuzz_loaders import LIMITS, inside_parts, seeds

SIGNS = st.sampled_from(
    ["Mr. ", "U.S. ", "3.5", "。", "! ", "?", "…", "한다. ", "했다.” ", "가", "a", "1", "\n", "\n\n", "\t",
     " ", "\u00a0", "\u200b", "\u202e", "e\u0301", "\u1112\u1161", "😀", "👩‍🚀", "\ufeff", "- ", "|", "#", "&#8203;", "'"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(SIGNS, st.text(max_size=6)), max_size=40).map("".join)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
_SEEDS = seeds()
_PDF = next(seed[1:] for seed in _SEEDS if SUFFIXES[seed[0]] == ".pdf")


def damaged(number: int) -> bytes:
    """Return an honest file of some format, changed here and there; the first byte says which."""
    chance = random.Random(number)
    data = chance.choice(_SEEDS)

    def change(part: bytes) -> bytes:
        held = bytearray(part)
        for _ in range(chance.choice((1, 2, 8, 60))):
            at = chance.randrange(len(held) + 1)
            end = at + chance.choice((0, 1, 2, 30))
            held[at:end] = chance.choice((b"", b"\0", b"\xff", b"<", b"9" * 9, chance.randbytes(3)))
        return bytes(held)

    office = SUFFIXES[data[0]] in (".docx", ".pptx", ".xlsx") and chance.random() < 0.8
    return inside_parts(data, chance, change) if office else data[:1] + change(data[1:])


def a_damaged_file_is_read_or_refused(number: int) -> None:
    data = damaged(number)
    try:
        hold_invariants(read_bytes(data[1:], SUFFIXES[data[0]], LIMITS))
    except UnreadableFile as error:
        assert str(error).strip()


def sentences_are_exact_sorted_and_lose_no_word(text: str, language: str) -> None:
    text = canonical(text)
    found = split(text, 0, len(text), language)
    last = 0
    for span in found:
        assert last <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip()
        assert not any(c.isalnum() for c in text[last : span.start])
        last = span.end
    assert not any(c.isalnum() for c in text[last:])


def passages_are_exact_and_sorted(text: str, budget: int) -> None:
    try:
        document = read_bytes(text.encode("utf-8", "replace"), ".md")
    except UnreadableFile:
        return
    last = 0
    for node in passages(document, lambda t: len(t.split()), budget=budget):
        start, end = node.start_char_idx, node.end_char_idx
        assert start is not None and end is not None
        assert last <= start < end and document.text[start:end] == node.text
        last = end


def words_of_any_text_are_words(text: str) -> None:
    found = words(canonical(text))
    assert all(word.strip() for word in (*found.words, *found.pairs))


def a_case_file_is_cases_or_an_error(lines: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cases.jsonl"
        rows = [x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines]
        file.write_bytes(b"\n".join(rows))
        try:
            assert load(file)
        except EvaluationError as error:
            assert str(error)


def a_receipt_is_judged_or_refused(given: Any, library: FilesNow) -> None:
    for form in (given, {"form": FORM, "turns": [{"sentences": [{"citations": [given]}]}]}):
        try:
            checked = verify(form, library)
        except SavedError as error:
            assert str(error)
        else:
            assert all(one.standing not in ("stands", "changed", "moved") for one in checked)


def a_kept_conversation_is_read_or_told(given: Any) -> None:
    data = given if isinstance(given, bytes) else json.dumps(given).encode()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{0:016x}.json").write_bytes(data)
        held = Conversations(Path(folder))
        try:
            assert isinstance(held.load("0" * 16), Conversation)
        except SavedError as error:
            assert str(error)
            assert held.list() == []


def the_command_ends_with_a_message(number: int) -> None:
    """`python -m sources` of a folder with one damaged file says what became of it."""
    data = damaged(number)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"a{SUFFIXES[data[0]]}").write_bytes(data[1:])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main([folder])
        assert code == 0 and "documents" in out.getvalue() and err.getvalue() == ""


def a_page_is_drawn_or_refused(number: int) -> None:
    """A damaged PDF has a picture of its first page, or none, or one reason why not."""
    chance = random.Random(number)
    data = bytearray(_PDF)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(data))
        data[at : at + chance.choice((0, 1, 9))] = chance.randbytes(chance.choice((1, 4)))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.pdf"
        file.write_bytes(data)
        try:
            shown = picture(file, 1, "forty boats", hashlib.sha256(data).hexdigest())
        except UnreadableFile as error:
            assert str(error).strip()
        else:
            assert shown is None or shown.url.startswith("data:image/jpeg;base64,")


def shelf() -> FilesNow:
    """Return the sample documents, for receipts that never quoted them."""
    return FilesNow(Path(__file__).parents[1] / "sources" / "documents")


Property = Callable[..., None]
_ANY = st.one_of(JSONS, st.binary(max_size=200))
_NUMBERS = st.integers(0, 2**32)
PROPERTIES: dict[str, tuple[Property, tuple[st.SearchStrategy[Any], ...]]] = {
    "loaders": (a_damaged_file_is_read_or_refused, (_NUMBERS,)),
    "sentences": (
        sentences_are_exact_sorted_and_lose_no_word,
        (TEXTS, st.sampled_from(["en", "ko", "fr", "zh", "und"])),
    ),
    "passages and offsets": (passages_are_exact_and_sorted, (TEXTS, st.integers(3, 60))),
    "words of the lexical index": (words_of_any_text_are_words, (TEXTS,)),
    "case files": (a_case_file_is_cases_or_an_error, (st.lists(_ANY, max_size=4),)),
    "receipts": (
        lambda given: a_receipt_is_judged_or_refused(given, _SHELF),
        (_ANY.filter(lambda given: not isinstance(given, bytes)),),
    ),
    "conversations": (a_kept_conversation_is_read_or_told, (_ANY,)),
    "pictures of pages": (a_page_is_drawn_or_refused, (_NUMBERS,)),
    "python -m sources": (the_command_ends_with_a_message, (_NUMBERS,)),
}
"""What holds for anything, by what is tried, with what makes anything."""
_SHELF = shelf()
