"""Checking a case file against its documents."""

from dataclasses import replace

from eval_examples import BRIDGE_LENGTH, CASES, CORPUS, MILL_OWNER, PAGES, case

from eval.cases import Case, Evidence
from eval.cases.check import balance, check


def texts(one: Case) -> list[str]:
    return [f"{finding.weight}: {finding.text}" for finding in check([one], CORPUS)]


def test_good_cases_have_no_findings() -> None:
    assert check(CASES, CORPUS) == ()


def test_a_quote_that_is_not_in_its_document_is_a_problem() -> None:
    (found,) = texts(case(evidence=(Evidence("mill.txt", "opened in 1872"),)))
    assert found.startswith("problem") and "'opened in 1872'" in found and "copy it" in found


def test_a_document_that_is_not_there_is_named_with_those_that_are() -> None:
    (found,) = texts(case(evidence=(Evidence("milk.txt", "opened in 1871"),)))
    assert "'milk.txt'" in found and "'mill.txt'" in found


def test_a_quote_that_matches_only_after_folding_is_a_note_with_the_original() -> None:
    (found,) = texts(case(evidence=(Evidence("mill.txt", "until 1949. its wheel"),)))
    assert found.startswith("note") and "'until 1949.\\nIts wheel'" in found


def test_a_gold_answer_that_misses_its_own_demands_is_a_problem() -> None:
    (found,) = texts(case(answer="Long ago."))
    assert found.startswith("problem") and "1871" in found


def test_a_gold_answer_that_says_what_it_must_not_is_a_problem() -> None:
    (found,) = texts(case(must_not_include=("OPENED",)))
    assert found.startswith("problem") and "OPENED" in found


def test_an_id_used_twice_is_a_problem() -> None:
    (found,) = check([case(), case()], CORPUS)
    assert found.weight == "problem" and "2 times" in found.text


def test_cases_that_make_no_sense_are_found() -> None:
    assert "no evidence" in texts(case(evidence=()))[0]
    assert "Any answer would be right" in texts(case(must_include=()))[0]
    assert "history" in texts(replace(PAGES, history=()))[0]
    assert "correct lang" in texts(replace(BRIDGE_LENGTH, lang="en"))[0]
    assert "make one fit" in texts(case(kind="unanswerable"))[0]
    assert texts(MILL_OWNER) == []


def test_the_balance_counts_kinds_by_language() -> None:
    rows = [line.split() for line in balance(CASES).splitlines()]
    assert ["numeric", "0", "1", "1"] in rows
    assert ["injection", "0", "0", "0"] in rows
    assert rows[-1] == ["all", "3", "1", "4"]


def test_a_large_file_without_some_kind_or_language_is_noted_and_a_small_one_is_not() -> None:
    many = [case(f"c{n}", lang="ko" if n == 0 else "en") for n in range(20)]
    many[0] = replace(many[0], question="언제 열었나요?")
    notes = [f.text for f in check(many, CORPUS) if f.case == "the whole file"]
    assert "No case is of kind list, cross_doc" in notes[0]
    assert "19 cases in 'en' and 1 in 'ko'; add some in 'ko'" in notes[1]
    assert not [f for f in check(many[:19], CORPUS) if f.case == "the whole file"]
