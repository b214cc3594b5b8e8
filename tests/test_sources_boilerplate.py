"""What is marked as not content, and what never is. All texts are made up for these tests."""

import pytest

from sources.boilerplate import EDGE, boilerplate
from sources.document import Span
from sources.footer import footer_start, holder_in
from sources.spans import content_of

_FIRST = "The town library opened a new reading room for children on the second floor."
_SECOND = "Readers may borrow six books for three weeks, and the room is open on Sundays."
_KOREAN = "시립 도서관은 어린이를 위한 새 열람실을 2층에 열었다. 개관식에는 주민 200명이 참석했다."


def _content(text: str) -> str:
    return content_of(text, boilerplate(text))


def _lines_left(text: str) -> list[str]:
    return [line.strip() for line in _content(text).split("\n") if line.strip()]


@pytest.mark.parametrize(
    "line",
    [
        "Share", "Share on Facebook", "LIKE 12", "Subscribe now", "Facebook Twitter Email Print",
        "2 hours ago", "Posted 3 days ago", "5분 전", "2주 전", "Exit mobile version", "Related Articles",
        "Other news", "다른 소식", "관련 기사", "좋아요 31", "공유하기", "구독", "본문 바로가기", "무단전재 및 재배포 금지",
        "https://example.org/a?b=c", "press@example.org", "#library #reading", "Tags: library, reading",
        "태그: 도서관, 열람실", "© 2023 Example Herald. All rights reserved.", "Copyright 2021-2023 Example",
        "ⓒ 보기신문, 무단 전재 및 재배포 금지", "저작권자 ⓒ 보기신문", "Home > News > Culture", "홈 > 뉴스 > 문화",
        "Press contact: press@example.org", "광고/제휴 문의: ad@example.org", "기사제보 : news@example.org",
        "Advertising inquiries: ads@example.org", "Privacy Policy | Terms of Use | Contact",
    ],
)  # fmt: skip
def test_a_line_of_page_furniture_is_not_content(line: str) -> None:
    assert _lines_left(f"{_FIRST}\n\n{line}\n\n{_SECOND}") == [_FIRST, _SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "Share of readers under twelve: one third", "Home is where most children read.", "Search",
        "By Sunday all places were taken.", "We met two days ago.", "3일 전에 문을 열었다.", "문의가 많았다.",
        "Visitors: 1,200", "Copyright law protects the pictures in the books.", "- 12 chairs", "#1 in town",
        "Write to the library at books@example.org for a place.", "신청", "공유 서가를 새로 마련했다.", "The end",
        "이 규정은 사진의 무단 복제를 금지합니다.", "좋아요라는 말이 가장 많았다.", "| Day | Hours |", "|---|---|",
        "All rights reserved seats were taken by noon.", "기자 회견이 열렸다.", "The Copyright 2024 Act passed.",
    ],
)  # fmt: skip
def test_a_line_that_says_something_stays(line: str) -> None:
    assert _lines_left(f"{_FIRST}\n\n{line}\n\n{_SECOND}") == [_FIRST, line, _SECOND]


def test_doubtful_labels_and_counters_fall_only_beside_sure_ones() -> None:
    bar = "관심\n14\n902\n사이트\n공유\n신청"
    assert _lines_left(f"{_KOREAN}\n{bar}\n{_KOREAN}") == [_KOREAN, _KOREAN]
    assert _lines_left(f"{_KOREAN}\n신청\n{_KOREAN}") == [_KOREAN, "신청", _KOREAN]


def test_a_number_under_a_name_is_its_value_and_stays() -> None:
    text = f"{_FIRST}\n\nChairs\n14\nShare\n\n{_SECOND}"
    assert _lines_left(text) == [_FIRST, "Chairs", "14", _SECOND]


def test_a_number_alone_between_paragraphs_is_a_page_number() -> None:
    assert _lines_left(f"{_FIRST}\n\n7\n\n{_SECOND} {_SECOND}") == [_FIRST, f"{_SECOND} {_SECOND}"]


def test_a_title_said_again_is_kept_once() -> None:
    title = "New reading room in the town library"
    text = f"{title}\n\n{title}\n\n{_FIRST}\n{title} - Example Herald"
    assert boilerplate(text)[0].start == text.index(title, 1)
    assert _lines_left(text) == [title, _FIRST]


def test_a_breadcrumb_that_ends_in_the_title_falls_and_the_title_stays() -> None:
    title = "New reading room in the town library"
    assert _lines_left(f"Home culture {title}\n\n{title}\n\n{_FIRST}") == [title, _FIRST]


def test_the_name_of_the_site_falls_wherever_it_stands_alone() -> None:
    text = f"보기신문 로고\n보기신문\n·\n2일 전\n{_KOREAN}\n보기신문\n© 2024 보기신문. All rights reserved"
    assert _lines_left(text) == [_KOREAN]


def test_a_sentence_that_names_the_site_stays() -> None:
    text = f"Herald logo\n{_FIRST} The Herald was there.\nHerald\n© 2024 Herald."
    assert _lines_left(text) == [f"{_FIRST} The Herald was there."]


@pytest.mark.parametrize(
    ("sentence", "footer"),
    [
        (
            _KOREAN,
            "보기신문 나보기 기자 동네 소식, 보기신문 © 2024 보기신문. All Rights Reserved 제보: a@example.org",
        ),
        (_KOREAN, "나보기 기자 bogi@example.org"),
        (_KOREAN, "저작권자 ⓒ 보기신문, 무단 전재 및 재배포 금지"),
        (_KOREAN, "관련 기사"),
        (_FIRST, "By Ann Lee © 2024 Example Herald. All rights reserved."),
        (_FIRST, "© 2024 Example Herald. All rights reserved. Press contact: press@example.org"),
        (_FIRST, "Exit mobile version"),
        ("“It is quiet,” she said, “and warm.”", "© 2024 Example Herald"),
    ],
)
def test_a_footer_run_into_the_last_sentence_is_cut_off_exactly(sentence: str, footer: str) -> None:
    line = f"{_SECOND} " * 30 + sentence + " " + footer
    assert boilerplate(line) == [Span(len(line) - len(footer), len(line))]


@pytest.mark.parametrize(
    "line",
    [
        f"{_FIRST} The notice reads “© 2024”, she said.",
        f"{_FIRST} Ask the reporter By Ann Lee. {_SECOND}",
        f"{_FIRST} © is the sign of copyright.",
        f"{_KOREAN} 나보기 기자가 이 자리를 찾았다.",
        f"{_FIRST} Write to books@example.org before Friday.",
    ],
)
def test_a_last_sentence_that_only_looks_like_a_footer_stays(line: str) -> None:
    assert line[-6:] in _content(line)
    assert _FIRST in _content(line) or _KOREAN in _content(line)


def test_an_unfinished_sentence_before_the_copyright_sign_stays() -> None:
    line = "The room is open until late © 2024 Example Herald"
    assert _content(line) == "The room is open until late "
    assert footer_start(line) == line.index("©")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("© 2024 Example Herald. All rights reserved", "Example Herald"),
        ("Copyright (c) 2019-2024 by Example Herald", "Example Herald"),
        ("ⓒ 2024 보기신문, 무단 전재 금지", "보기신문"),
        ("The copyright of the pictures is unclear.", None),
    ],
)
def test_a_copyright_notice_names_the_publisher(line: str, name: str | None) -> None:
    assert holder_in(line) == name


def test_protected_headings_stay_even_if_they_read_like_a_button() -> None:
    text = f"Share\n\n{_FIRST}"
    assert boilerplate(text, protected=[Span(0, 5)]) == []


def test_of_a_very_long_text_both_ends_are_cleaned() -> None:
    middle = f"{_FIRST}\n" * (2 * EDGE // len(_FIRST) + 100)
    text = f"Share\n{middle}Exit mobile version"
    assert boilerplate(text) == [Span(0, 5), Span(len(text) - 19, len(text))]
