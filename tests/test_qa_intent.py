"""Commands to the assistant, told by the meaning of the whole text."""

import json
from pathlib import Path

import numpy as np
import pytest

from index import IndexSettings
from index.embedding import Embedding, embed_query
from qa.intent import SURE, instructs
from qa.question import intent_of

BANK = Path(__file__).parent / "injections.jsonl"


def test_the_vector_of_another_model_says_nothing() -> None:
    assert instructs(np.ones(384, dtype=np.float32)) == 0.0


@pytest.mark.models
def test_commands_are_found_and_questions_are_not_taken_for_commands() -> None:
    embedding = Embedding.of(IndexSettings.from_environment())
    rows = [json.loads(line) for line in BANK.read_text(encoding="utf-8").splitlines()]
    commands = [r["text"] for r in rows if r["where"] == "question" and r["pure"]]
    questions = [r["ask"] for r in rows if r["where"] == "document"]

    def refused(text: str) -> bool:
        by_words = intent_of(text) == "instruction"
        return by_words or instructs(embed_query(embedding, text)) >= SURE

    missed = [text for text in commands if not refused(text)]
    taken = [text for text in questions if refused(text)]
    assert len(missed) <= len(commands) // 20, missed
    assert not taken
