"""Answers reached by rule: disagreements, counts of lists, and Korean values in English."""

import pytest

from qa.compose import Draft, settle
from qa.count import counted, items, miscounted
from qa.disagree import compared, disagreeing, disagreement
from qa.gloss import gloss, people, romanised, spellings
from qa.question import Question
from qa.read import Evidence, Findings


def evidence(path: str, text: str, answer: str, score: float = 0.9, start: int = 0) -> Evidence:
    return Evidence(
        path,
        path.title(),
        None,
        "en",
        start,
        start + len(text),
        text,
        score,
        answer,
        text,
        "",
        score,
    )


def found(*rows: Evidence) -> Findings:
    return Findings(0.9, rows)


def asked(text: str) -> Question:
    return Question(text, text, text, "en", "question")


FORTY = evidence("log", "Forty boats came to Tarvik.", "Forty boats")
FIFTY = evidence("diary", "The race in Tarvik had fifty boats.", "fifty boats", 0.8)


def test_two_documents_with_different_numbers_disagree() -> None:
    assert disagreement("How many boats came to Tarvik?", found(FORTY, FIFTY)) == (FORTY, FIFTY)


def test_a_disagreement_shows_and_cites_both() -> None:
    sentence = disagreeing((FORTY, FIFTY), "en")
    assert sentence.verdict == "conflicting"
    assert [c.file for c in sentence.citations] == ["log", "diary"]
    assert "Forty boats" in sentence.text and "fifty boats" in sentence.text


@pytest.mark.parametrize(
    "other",
    [
        evidence("diary", "There were 40 boats.", "40 boats", 0.8),
        evidence("diary", "The race had fifty judges.", "fifty judges", 0.3),
        evidence("log", "Of these, fifty came early.", "fifty", 0.8, start=40),
    ],
    ids=["same value", "much less sure", "same paragraph"],
)
def test_what_only_looks_like_a_disagreement_is_none(other: Evidence) -> None:
    assert disagreement("How many boats came to Tarvik?", found(FORTY, other)) is None


def test_a_question_that_wants_no_value_has_no_disagreement() -> None:
    assert disagreement("Who came to Tarvik?", found(FORTY, FIFTY)) is None


def test_dates_in_two_documents_disagree_by_the_month_and_year() -> None:
    may = evidence("a", "It opened on 3 May 2019.", "3 May 2019")
    june = evidence("b", "It opened on 4 June 2019.", "4 June 2019", 0.8)
    assert disagreement("When did it open?", found(may, june)) == (may, june)
    assert disagreement("When did it open?", found(may, evidence("b", "2019-05-03", "2019-05-03"))) is None  # fmt: skip


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("They met offices from Oslo, Rome, the Free City and Bern in May.", 4),
        ("Boats came from Norway, Japan, and Kenya.", 3),
        ("The boat is long, but it sails well in every weather of the north.", 0),
        ("On 3 May, Ana Lund, Per Holm, Ida Berg and Ole Dahl of the harbour met.", 4),
    ],
)
def test_items_of_a_list_are_counted(text: str, count: int) -> None:
    assert items(text) == count


def test_a_list_is_counted_only_where_no_number_is_stated() -> None:
    listed = evidence("log", "Boats came from Norway, Japan, Kenya and Peru.", "Norway")
    stated = evidence("log", "Boats came from 4 countries: Norway, Japan, Kenya, Peru.", "4")
    sentence = counted("How many countries sent boats?", listed, "en")
    assert sentence is not None and "4" in sentence.text
    assert counted("How many countries sent boats?", stated, "en") is None
    assert counted("Which countries sent boats?", listed, "en") is None


def test_an_open_list_is_not_counted() -> None:
    some = evidence(
        "log", "Boats came from places such as Norway, Japan, Kenya and Peru.", "Norway"
    )
    assert counted("How many countries sent boats?", some, "en") is None


def test_statements_that_do_not_surely_answer_do_not_disagree() -> None:
    unsure = evidence("diary", "Fifty boats came to Tarvik later.", "Fifty boats", 0.5)
    assert disagreement("How many boats came to Tarvik?", found(FORTY, unsure)) is None


def test_statements_about_something_else_do_not_disagree() -> None:
    osmund = evidence("diary", "Fifty boats came to Osmund.", "Fifty boats", 0.8)
    assert disagreement("How many boats came to Tarvik?", found(FORTY, osmund)) is None


def test_two_days_of_one_month_disagree_and_a_month_agrees_with_its_days() -> None:
    third = evidence("a", "Tarvik opened on 3 May 2019.", "3 May 2019")
    fourth = evidence("b", "타르빅은 5월 4일에 열렸다.", "5월 4일")
    month = evidence("c", "Tarvik opened in May 2019.", "May 2019")
    assert disagreement("When did Tarvik open?", found(third, fourth)) == (third, fourth)
    assert disagreement("When did Tarvik open?", found(third, month)) is None


def test_an_open_list_is_counted_where_those_that_are_named_are_asked_for() -> None:
    some = evidence("a", "오슬로·베른 사무소, 로마 시청 등에서 연사가 왔다.", "")
    assert counted("연사가 온 곳은 모두 몇 곳이야?", some, "ko") is None
    named = counted("연사가 온 곳은 이름이 적힌 것만 몇 곳이야?", some, "ko")
    assert named is not None and "3개" in named.text


def test_two_parts_of_a_comparison_are_laid_side_by_side() -> None:
    rows = Findings(0.9, (FORTY, FIFTY), (FIFTY, FORTY))
    assert compared(rows) == (FIFTY, FORTY)


def test_names_dates_and_amounts_of_a_korean_text_are_rendered_in_english() -> None:
    rendered = dict(
        gloss("박지영 관장은 2024년 3월 2일 일본에서 온 120여 명과 3조 원을 이야기했다.")
    )
    assert rendered == {
        "박지영": "Park Ji-yeong",
        "2024년 3월 2일": "2 March 2024",
        "일본": "Japan",
        "120여 명": "more than 120 people",
        "3조 원": "3 trillion won",
    }


def test_ordinals_are_no_amounts() -> None:
    assert "2회" not in dict(gloss("제2회 대회가 열렸다."))


def test_a_word_that_only_begins_like_a_name_is_no_person() -> None:
    assert people("이날 오후 안전하게 신청한 정부 대표단이 왔다.") == []


def test_romanised_names_have_the_usual_surname() -> None:
    assert [romanised(n) for n in ("이도윤", "최서연")] == ["Lee Do-yun", "Choi Seo-yeon"]


def test_where_agreement_is_asked_two_documents_are_laid_side_by_side() -> None:
    same = evidence("diary", "The race in Tarvik had 40 boats.", "40 boats", 0.4)
    draft = Draft(asked("Do the sources agree on the race?"), found(FORTY, same))
    sentence = settle(draft)
    assert sentence is not None and sentence.verdict == "supported"
    assert [c.file for c in sentence.citations] == ["log", "diary"]
    assert FORTY.text in sentence.text and same.text in sentence.text


def test_a_single_statement_is_not_compared() -> None:
    assert compared(found(FORTY)) is None
    assert compared(found()) is None


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("The 16 ports that joined are Oslo, Rome, Bern and Bergen.", True),
        ("The four ports that joined are Oslo, Rome, Bern and Bergen.", False),
        ("The 16 ports that joined include Oslo, Rome, Bern and Bergen.", False),
        ("In May 40 boats came from Oslo, Rome and Bern.", False),
        ("There are 16 ports in the pact.", False),
        ("가입한 항구 16곳은 오슬로, 로마, 베른, 베르겐입니다.", True),
        ("가입한 항구 4곳은 오슬로, 로마, 베른, 베르겐입니다.", False),
    ],
)
def test_a_number_of_things_is_not_a_list_of_another_length(sentence: str, told: bool) -> None:
    assert miscounted(sentence) is told


def test_a_question_for_what_a_text_names_counts_an_open_list() -> None:
    some = evidence("a", "Boats came from Oslo, Rome, Bern and Bergen, among others.", "")
    assert counted("How many towns sent boats?", some, "en") is None
    named = counted("How many towns does the log name?", some, "en")
    assert named is not None and "4" in named.text


def test_names_are_rendered_as_the_documents_spell_them() -> None:
    spelled = spellings("Han Bi-ro (한비로), head of the centre, thanked Kenya (케냐).")
    assert dict(gloss("한비로 소장이 말했다.", spelled)) == {"한비로": "Han Bi-ro"}
    assert spellings("한비로(소장)와 연구원(HMRI)이 “좋다. 그는(He is) 왔다”고 했다.") == {}
