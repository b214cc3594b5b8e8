"""Encodings, Markdown, headings, facts, language: what text says about itself."""

import pytest
from bytes_to_read import read_bytes

from sources import UnreadableFile, headings, not_content
from sources.decoding import decode
from sources.language import language_of
from sources.outline import plain_headings
from sources.stated_date import date_in, published_in

_KOREAN = "내일 오후 3시에 회의가 있습니다.\n장소: 본관 2층"


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949", "euc-kr"]
)
@pytest.mark.parametrize("text", [_KOREAN, "안녕하세요", "회의 3시"])
def test_korean_is_decoded_from_every_usual_encoding(text: str, codec: str) -> None:
    if codec in ("utf-16-le", "utf-16-be") and text.isalpha():
        pytest.skip("without a mark and without a Latin letter nothing tells the byte order")
    assert decode(text.encode(codec)) == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Le café où l'été a commencé était fermé, déjà à côté de la forêt.", "cp1252"),
        ("Die Straße führt über die Brücke, größer als früher.", "cp1252"),
        ("똠방각하 펲시콜라라는 이름의 가게는 없습니다. 그러나 우리는 압니다.", "cp949"),
    ],
)
def test_other_old_encodings_are_told(text: str, codec: str) -> None:
    assert decode(text.encode(codec)) == text


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01\x02\x03" * 50, b"abc\x00def", b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xfe\x00\xd8\x41\x00",
     b"\x01\x02\x03\x04\x05"],
)  # fmt: skip
def test_bytes_that_are_no_text_are_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="not text"):
        decode(data)


_FRONT = """---
title: "The reading room"
published: 2024-03-12
source: Example Herald
language: en-GB
---
# Other words

A sentence.
"""


def test_front_matter_gives_the_facts_and_is_not_content() -> None:
    document = read_bytes(_FRONT.encode(), ".md")
    facts = {key: document.metadata[key] for key in ("title", "published", "origin", "language")}
    assert facts == {
        "title": "The reading room",
        "published": "2024-03-12",
        "origin": "Example Herald",
        "language": "en",
    }
    (front,) = not_content(document)
    assert document.text[front.end :].startswith("# Other words")
    assert document.text == _FRONT


@pytest.mark.parametrize(
    "text",
    ["---\nno mapping\n---\nText.", "---\n{a: [\n---\nText.", "---\na: &x 1\nb: *x\n---\nText.", "---\nText."],
)  # fmt: skip
def test_what_is_no_front_matter_is_text(text: str) -> None:
    document = read_bytes(text.encode(), ".md")
    assert all(s.end - s.start < 5 for s in not_content(document))


def test_markdown_headings_are_found_and_those_in_code_are_not() -> None:
    text = "# One #\n\n```\n# code\n```\n##Two\n\nThree\n-----\n\nText with # in it.\n\n#tag\n"
    found = headings(read_bytes(text.encode(), ".md"))
    assert [(h.level, h.text) for h in found] == [(1, "One"), (2, "Two"), (2, "Three")]


def test_comments_pictures_rules_and_link_definitions_are_not_content() -> None:
    text = "A.\n\n<!-- no -->\n\n![x](y.png)\n\n***\n\n[1]: https://example.org\n\nB.\n"
    document = read_bytes(text.encode(), ".md")
    marked = [document.text[s.start : s.end] for s in not_content(document)]
    assert marked == ["<!-- no -->", "![x](y.png)", "***", "[1]: https://example.org"]


_LONG = "The members agreed on a plan that will be carried out in the coming years. " * 3


def test_a_short_line_over_longer_text_is_a_heading() -> None:
    text = f"{_LONG}\nAims of the plan\n{_LONG}\nThe plan has two parts:\n- one part\n- other part"
    assert [h.text for h in plain_headings(text, [])] == ["Aims of the plan"]


def test_lines_of_wrapped_text_lists_and_verse_are_no_headings() -> None:
    wrapped = "The members agreed on\na plan that will be\ncarried out in years\n"
    items = "milk\n\nbread\n\neggs\n\nhoney\n\n"
    assert plain_headings(wrapped + "\n" + items + _LONG, []) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"A plan for the years\n{_LONG}", "A plan for the years"),
        (f"새 열람실 개관, 주민 200명 참석\n{'시립 도서관은 새 열람실을 열었다. ' * 9}", "새 열람실 개관, 주민 200명 참석"),
        (f"{_LONG}\nAims of the plan\n{_LONG}", None),
        ("The members agreed.\nThey left.", None),
        ("합의했다\n그리고 떠났다.", None),
    ],
)  # fmt: skip
def test_a_title_is_stated_at_the_top_or_not_at_all(text: str, title: str | None) -> None:
    assert read_bytes(text.encode(), ".txt").metadata["title"] == title


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        (["Published 12 March 2024"], "2024-03-12"),
        (["Published: March 12, 2024 at 9:30 am | Updated: March 13, 2024"], "2024-03-12"),
        (["Ann Lee | Published 12 March 2024"], "2024-03-12"),
        (["2024.03.12 입력"], "2024-03-12"),
        (["입력 2024.03.12 09:30  수정 2024.03.13 10:00"], "2024-03-12"),
        (["발행일: 2024년 3월 12일"], "2024-03-12"),
        (["발행일", "2024-03-12"], "2024-03-12"),
        (["LONDON, March 12, 2024 (Example) — The library opened."], "2024-03-12"),
        (["Updated 12 March 2024"], None),
        (["3일 전"], None),
        (["2 hours ago"], None),
        (["12 March 2024"], None),
        (["발행일", "관심"], None),
        (["The report was published on 12 March 2024 by the library."], None),
        (["회의는 2024년 3월 12일에 열렸다."], None),
        (["On 12 March 2024 the library opened its doors."], None),
        (["Published 03/12/2024"], None),
        (["Published 31 February 2024"], None),
    ],
)
def test_only_a_date_that_is_called_so_is_the_publication_date(
    lines: list[str], published: str | None
) -> None:
    assert published_in(lines) == published


def test_a_date_is_read_in_english_and_korean() -> None:
    texts = ["2024-3-2", "2024. 3. 2.", "2024년 3월 2일", "2nd March 2024", "Mar. 2, 2024"]
    assert {date_in(text) for text in texts} == {"2024-03-02"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello", "en"),
        ("Hours of the library", "en"),
        ("회의 3시", "ko"),
        ("City Library와 Music School은 MOU를 맺었다. Town Hall도 함께했다.", "ko"),
        ("The director, Hong (홍), spoke about the library and its readers.", "en"),
        ("Die Bibliothek ist am Sonntag für alle Leserinnen und Leser geöffnet.", "de"),
        ("La bibliothèque est ouverte le dimanche pour tous les lecteurs.", "fr"),
        ("図書館は日曜日に開いています。", "ja"),
        ("图书馆星期天开放。", "zh"),
        ("Библиотека открыта в воскресенье.", "ru"),
        ("12 345", "en"),
    ],
)
def test_the_language_is_told_for_short_and_mixed_texts(text: str, language: str) -> None:
    assert language_of(text) == language
