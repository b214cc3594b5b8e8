"""What one file gives, whatever its bytes are."""

import hashlib
import io
import time
import zipfile
from pathlib import Path

import pytest
from bytes_to_read import hold_invariants, read_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from sources import File, SourcesSettings, UnreadableFile, canonical, not_content, page_at, read
from sources.loaders import SUFFIXES


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(SUFFIXES))
def test_any_bytes_give_a_document_or_one_error_of_ours(data: bytes, suffix: str) -> None:
    try:
        document = read_bytes(data, suffix)
    except UnreadableFile as error:
        assert str(error)
    else:
        hold_invariants(document)


_PIECES = [
    "# Heading", "##Close", "---\n", "title: A\n", "Home > News", "Share", "12", "3일 전", "\n\n", "\n",
    "A sentence stands here. ", "한국어 문장이 있다. ", "© 2024 Example News. ", "By Ann Lee ", "```\n",
    "<!--", "-->", "<p>", "</p><h2>", "e\u0301", "\u1112\u1161\u11ab", "\r\n", "\r", "| a | b |", "\t",
]  # fmt: skip


_CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(_PIECES), st.text(_CHARACTERS, max_size=8)),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from([".txt", ".md", ".html", ".csv"]),
)
def test_spans_fit_the_canonical_text_of_any_text(pieces: list[str], suffix: str) -> None:
    try:
        document = read_bytes("".join(pieces).encode("utf-8"), suffix)
    except UnreadableFile:
        return
    hold_invariants(document)
    if suffix != ".html":
        assert document.text == canonical("".join(pieces).removeprefix("\ufeff"))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="가나다라마바사아 ,.\nabc안전연구소", min_size=8, max_size=60))
def test_a_sentence_between_two_paragraphs_is_never_marked(words: str) -> None:
    sentence = "The office of the council was opened in the old town in spring."
    document = read_bytes(f"{words}\n\n{sentence}\n\n{words}".encode(), ".txt")
    at = document.text.index(sentence)
    assert all(s.end <= at or s.start >= at + len(sentence) for s in not_content(document))


def test_the_hash_is_that_of_the_bytes_and_the_id_is_the_path() -> None:
    data = "\ufeffWords.\r\n".encode()
    document = read_bytes(data, ".txt")
    assert document.metadata["sha256"] == hashlib.sha256(data).hexdigest()
    assert (document.id_, document.metadata["path"], document.text) == (
        "a.txt",
        "a.txt",
        "Words.\n",
    )


def test_a_document_without_pages_has_no_page() -> None:
    assert page_at(read_bytes(b"Words.", ".txt"), 0) is None


@pytest.mark.parametrize("data", [b" \n\t\n", "\ufeff".encode(), "\u00a0\u3000".encode()])
def test_a_file_of_white_space_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="no text"):
        read_bytes(data, ".txt")


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".pptx", ".xlsx"])
@pytest.mark.parametrize("data", [b"broken", b"%PDF-1.7\nbroken", b"PK\x03\x04broken"])
def test_a_broken_file_is_unreadable_and_the_reason_says_what_to_do(
    data: bytes, suffix: str
) -> None:
    with pytest.raises(UnreadableFile, match=r"; \w+"):
        read_bytes(data, suffix)


def test_a_file_that_may_not_be_opened_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")

    def refuse(*_: object, **__: object) -> None:  # the superuser may open everything
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableFile, match="Permission denied.*permissions"):
        read(File("a.txt", path, 1, 0))


def test_a_file_that_vanished_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read(File("a.txt", tmp_path / "a.txt", 1, 0))


def test_a_file_that_grew_past_the_limit_since_the_scan_is_unreadable() -> None:
    with pytest.raises(UnreadableFile, match="larger than the limit of 10"):
        read_bytes(b"x" * 11, ".txt", SourcesSettings(max_file_bytes=10))


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(suffix: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"0" * 3_000_000)
    with pytest.raises(UnreadableFile, match="unpacks to 3,000,000 bytes"):
        read_bytes(packed.getvalue(), suffix, SourcesSettings(max_unpacked_bytes=1_000_000))


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx"])
def test_an_office_file_that_declares_entities_is_refused(suffix: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("[Content_Types].xml", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///a">]><a/>')
    with pytest.raises(UnreadableFile, match="entities"):
        read_bytes(packed.getvalue(), suffix)


def test_an_old_or_encrypted_office_file_is_told_by_its_container() -> None:
    with pytest.raises(UnreadableFile, match="password"):
        read_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".docx")


def test_a_parser_that_fails_in_any_way_makes_the_file_unreadable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("sources.plain_text.load", fail)
    with pytest.raises(UnreadableFile, match="RecursionError"):
        read_bytes(b"x", ".txt")


@pytest.mark.parametrize(
    "line",
    [
        "The committee met again and spoke about the plan for the coming year. ",
        "x",
        "Share\n",
        "a\n\n",
        "# a\n",
        "``` ",
        "<!-- ",
        "[a](",
        "© 2024 ",
        "#a ",
        "1. ",
        "! [",
        "www.",
        "#a,,",
        "a@",
        " ",
        "www.www.www.www.www.www.www.www.www.www.www.www.www.www.www.www.www.www.www. x\n",
        "#a,,,,#a,,,,#a,,,,#a,,,,#a,,,,#a,,,,#a,,,,#a,,,,#a,,,,#a,,,,#a,,,,#a,,,,#a,,,, x\n",
        "무단 ",
        "copyright ",
        "12 ",
        "By A B ",
    ],
)
@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_a_long_text_of_anything_is_read_in_seconds(line: str, suffix: str) -> None:
    started = time.monotonic()
    hold_invariants(read_bytes(f"# a{line * (300_000 // len(line))}b".encode(), suffix))
    assert time.monotonic() - started < 8


def test_a_text_file_of_50_megabytes_is_read_in_reasonable_time() -> None:
    paragraph = "The committee met again. It spoke about the plan for the year.\n" * 20
    data = (f"Title of the chapter\n\n{paragraph}\n" * 42_000)[: 50 * 1024 * 1024].encode()
    started = time.monotonic()
    document = read_bytes(data, ".txt")
    assert len(document.text) == 50 * 1024 * 1024
    assert time.monotonic() - started < 30
