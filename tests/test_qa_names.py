"""Names across scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.names import known, same_name, skeletons


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("앤트로픽", "Anthropic"),
        ("구글", "Google"),
        ("마이크로소프트", "Microsoft"),
        ("김명주", "Kim Myung-joo"),
        ("배경훈", "Bae Kyung-hoon"),
        ("스케일", "Scale"),
        ("제이슨", "Jason"),
    ],
)
def test_a_name_is_the_same_in_both_scripts(korean: str, english: str) -> None:
    assert same_name(korean, english.replace(" ", ""))
    assert known(english, f"이날 {korean}은(는) 참석했다.")
    assert known(korean, f"On that day {english} took part.")


def test_a_surname_alone_is_known_from_a_full_name() -> None:
    assert known("Kim", "김명주 소장은 말했다")
    assert known("Lee Sang-hyun", "이상현 책임자는 말했다")


def test_another_person_is_not_known() -> None:
    assert not known("Park Ji-won", "김명주 소장은 말했다")
    assert not known("구글", "Anthropic and Meta took part.")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("미국", "the U.S. institute"),
        ("Japan", "일본 대표"),
        ("UK", "영국 정부"),
        ("유럽연합", "the EU office"),
    ],
)
def test_countries_are_known_in_the_other_language(name: str, text: str) -> None:
    assert known(name, text)


def test_a_short_word_is_no_name_by_its_skeleton_alone() -> None:
    assert not same_name("미", "Mae")


@given(st.text())
def test_a_skeleton_holds_no_two_equal_neighbours(word: str) -> None:
    letters = max(skeletons(word))
    assert all(a != b for a, b in zip(letters, letters[1:], strict=False))


@pytest.mark.parametrize(
    ("latin", "hangul", "same"),
    [
        ("K-content", "K-콘텐츠", True),
        ("contents", "콘텐츠", True),
        ("content", "콘센트", False),
        ("Bern", "베른스", False),
    ],
)
def test_a_loanword_may_keep_its_plural(latin: str, hangul: str, same: bool) -> None:
    assert known(latin, f"네트워크가 {hangul}와 만난다") is same


@pytest.mark.parametrize(
    ("adjective", "country"),
    [
        ("Singaporean", "싱가포르"),
        ("Kenyan", "케냐"),
        ("Canadian", "캐나다"),
        ("Dutch", "네덜란드"),
        ("Nigerian", "나이지리아"),
        ("Vietnamese", "베트남"),
    ],
)
def test_the_adjective_of_a_country_is_its_name(adjective: str, country: str) -> None:
    assert known(adjective, f"{country} 사무소가 참여했다")
    assert not known(adjective, "프랑스 사무소가 참여했다")


@pytest.mark.parametrize(
    ("latin", "hangul"),
    [
        ("Anthropic", "앤스로픽"),
        ("Anthropic", "앤트로픽"),
        ("Elizabeth", "엘리자베스"),
        ("Summit", "서밋"),
        ("Naver Cloud", "네이버클라우드"),
        ("Oxford", "옥스퍼드"),
    ],
)
def test_korean_writes_some_latin_letters_in_several_ways(latin: str, hangul: str) -> None:
    assert known(latin, f"{hangul}가 왔다") and known(hangul, f"Here came {latin}.")


def test_a_common_word_is_not_taken_for_a_korean_name() -> None:
    assert known("부산", "a Person of Pusan") and not known("부산", "two persons came")
