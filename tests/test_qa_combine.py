"""What no answer may leave out, where a question has parts or speaks of all documents."""

from qa.combine import Part, combine, each_document
from qa.read import Evidence, Findings


def evidence(path: str, text: str, score: float = 0.9, title: str | None = None) -> Evidence:
    return Evidence(path, title, None, "en", 0, len(text), text, score, text, text)


def found(*rows: Evidence, answered: float = 0.9) -> Findings:
    return Findings(answered, rows)


def opening(path: str) -> str:
    return {"osmund.txt": "The harbour office of Osmund opened in May."}.get(path, "")


TARVIK = evidence("tarvik.txt", "Ana Lund heads the harbour office of Tarvik.", 0.5)
OSMUND = evidence("osmund.txt", "Bo Vik heads the harbour office.", 0.9)
HEADS = "Who heads the harbour office of {}?"


def test_of_two_parts_about_two_names_each_gets_the_sentence_that_names_its_own() -> None:
    parts = [
        Part(HEADS.format("Tarvik"), found(OSMUND, TARVIK)),
        Part(HEADS.format("Osmund"), found(OSMUND, TARVIK)),
    ]
    assert combine(found(OSMUND, TARVIK, answered=0.5), parts, opening, most=6).needed == (
        TARVIK,
        OSMUND,
    )


def test_where_no_sentence_names_it_the_surest_one_counts() -> None:
    parts = [
        Part(HEADS.format("Bergen"), found(OSMUND)),
        Part(HEADS.format("Tarvik"), found(OSMUND, TARVIK)),
    ]
    assert combine(found(answered=0.0), parts, opening, most=6).needed == (OSMUND, TARVIK)


def test_a_part_that_nothing_answers_needs_nothing() -> None:
    parts = [
        Part(HEADS.format("Tarvik"), found(TARVIK)),
        Part("When did he start?", found(OSMUND, answered=0.1)),
    ]
    joined = combine(found(OSMUND, answered=0.3), parts, opening, most=6)
    assert joined.needed == (TARVIK,)


def test_what_comes_first_stays_first_where_it_is_found_twice() -> None:
    parts = [Part("When?", found(TARVIK)), Part("Who?", found(OSMUND, TARVIK))]
    joined = combine(found(OSMUND, TARVIK, answered=0.1), parts, opening, most=6)
    assert joined.evidence == (TARVIK, OSMUND)


def test_a_question_about_all_documents_needs_the_best_of_each() -> None:
    second = evidence("tarvik.txt", "Tarvik has two ferries.", 0.4)
    joined = each_document(found(OSMUND, TARVIK, second), most=6)
    assert joined.needed == (OSMUND, TARVIK)


def test_a_part_that_nothing_answers_is_left_open_where_the_others_are_clearly_answered() -> None:
    parts = [
        Part(HEADS.format("Tarvik"), found(TARVIK)),
        Part("What does the head earn?", found(OSMUND, answered=0.1)),
    ]
    joined = combine(found(OSMUND, answered=0.1), parts, opening, most=6)
    assert joined.left == ("What does the head earn?",)
    assert joined.answered == 0.9


def test_nothing_is_left_open_beside_what_is_not_clearly_answered() -> None:
    unsure = Part(HEADS.format("Tarvik"), found(TARVIK, answered=0.5))
    lost = Part("What does the head earn?", found(OSMUND, answered=0.1))
    joined = combine(found(OSMUND, answered=0.1), [unsure, lost], opening, most=6)
    assert joined.left == () and joined.answered == 0.1


def test_nothing_is_left_open_where_the_whole_question_is_clearly_answered() -> None:
    lost = Part("What does the head earn?", found(OSMUND, answered=0.1))
    parts = [Part(HEADS.format("Tarvik"), found(TARVIK)), lost]
    assert combine(found(OSMUND), parts, opening, most=6).left == ()
