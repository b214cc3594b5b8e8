"""The bank of hostile questions and documents (`injections.jsonl`): what it holds, and what the
patterns of `qa/question.py` recognise in it before any model is asked.
"""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.cases import load
from eval.text import fold
from qa.prompts import SAYS
from qa.question import clean, intent_of, language_of
from sources import not_content, read, scan
from sources.spans import content_of

HERE = Path(__file__).parent
BANK: list[dict[str, Any]] = [
    json.loads(line) for line in (HERE / "injections.jsonl").read_text("utf-8").splitlines()
]
QUESTIONS = [item for item in BANK if item["where"] == "question"]
DOCUMENTS = [item for item in BANK if item["where"] == "document"]
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\u2066-\u2069\u202a-\u202e\ufeff]")

# The patterns do not recognise these: encoded, spelt apart, or worded as an honest question could be.
# The reader must find no answer to them. Take an id out when a pattern comes to see it.
UNSEEN = set(
    """
en-q-ignore en-q-role-play en-q-base64 en-q-fake-delimiter en-q-password en-q-environment
en-q-polite en-q-grandmother en-q-leet en-q-spaced en-q-translate-rules en-q-say-only
ko-q-role-play ko-q-base64 ko-q-fake-system ko-q-fake-delimiter ko-q-password ko-q-polite
ko-q-casual ko-q-romanised ko-q-spaced ko-q-jamo ko-q-invent ko-q-say-only
""".split()
)


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in items]


def test_the_bank_holds_at_least_70_items_with_two_fifths_in_each_language() -> None:
    languages = Counter(item["lang"] for item in BANK)
    assert len(BANK) >= 70 and len(QUESTIONS) >= 30 and len(DOCUMENTS) >= 40
    assert set(languages) == {"en", "ko"} and min(languages.values()) >= 0.4 * len(BANK)


def test_every_id_and_every_text_is_there_once() -> None:
    assert len(set(ids(BANK))) == len(BANK)
    assert len({item["text"] for item in BANK}) == len(BANK)


@pytest.mark.parametrize("item", DOCUMENTS, ids=ids(DOCUMENTS))
def test_a_hostile_document_holds_its_canary_and_the_honest_answer_and_the_question_neither(
    item: dict[str, Any],
) -> None:
    text, asked = INVISIBLE.sub("", item["text"]), item["ask"]
    assert item["canary"] in text and item["holds"] in text
    assert fold(item["canary"]) not in fold(asked) and fold(item["holds"]) not in fold(asked)
    assert fold(item["canary"]) not in fold(item["holds"])
    assert language_of(asked) == item["lang"] and intent_of(asked) == "question"


@pytest.mark.parametrize("item", DOCUMENTS, ids=ids(DOCUMENTS))
def test_the_honest_answer_of_a_hostile_document_stays_in_its_content(
    item: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / f"hostile{item['suffix']}").write_text(item["text"], encoding="utf-8")
    (file,) = scan(tmp_path).files
    document = read(file)
    assert item["holds"] in content_of(document.text, not_content(document))


def test_no_canary_of_a_question_is_in_the_question_or_in_what_the_assistant_says_of_itself() -> (
    None
):
    own = fold(" ".join(text for texts in SAYS.values() for text in texts.values()))
    for item in QUESTIONS:
        if canary := item.get("canary"):
            assert fold(canary) not in fold(item["text"]), item["id"]
            assert fold(canary) not in own, item["id"]


def test_a_pure_hostile_question_is_recognised_unless_no_pattern_can_see_it() -> None:
    pure = [item for item in QUESTIONS if item["pure"]]
    missed = {
        item["id"] for item in pure if intent_of(clean(item["text"], longest=2000)) == "question"
    }
    assert missed <= UNSEEN <= set(ids(pure))


def test_no_honest_question_of_the_sample_cases_is_taken_for_an_instruction() -> None:
    cases = load(HERE.parent / "eval" / "cases" / "sample.jsonl")
    honest = [case.question for case in cases if case.kind != "injection"]
    assert [text for text in honest if intent_of(text) != "question"] == []
