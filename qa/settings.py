"""How answers are made: which language model, how much to retrieve, how sure to be. The
environment is read here and nowhere else in `qa/`.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class AnsweringSettings:
    """Settings of the assistant; thresholds are probabilities from 0 to 1."""

    model: str = "qwen2.5-coder-1.5b-instruct"
    """A local model (`python -m index weights --list`), or the name `endpoint` knows it by."""
    endpoint: str | None = None
    """Base URL of an OpenAI-compatible server; `None` runs `model` inside this process."""
    key: str = "none"
    """The key for `endpoint`; never logged."""
    extractive: bool = False
    """Answer by quotation alone, without any language model."""
    top_k: int = 10
    """How many passages the reader looks at."""
    evidence_sentences: int = 6
    """How many sentences the language model sees at most."""
    answered_at_least: float = 0.4
    """Below this probability that any passage answers, the assistant abstains."""
    dated_at_least: float = 0.05
    """The same for a passage whose date is reckoned with, which must hold a date besides."""
    entailed_at_least: float = 0.7
    """A sentence less probably entailed by its quotes than this is not shown."""
    answer_tokens: int = 160
    """The language model stops after this many tokens."""
    patience: float = 60.0
    """Seconds without a token after which the language model counts as hung."""
    question_characters: int = 2000
    """Longer questions are refused with a hint."""

    @classmethod
    def from_environment(cls) -> "AnsweringSettings":
        """Read FOOTNOTE_MODEL, FOOTNOTE_ENDPOINT, FOOTNOTE_KEY and FOOTNOTE_EXTRACTIVE."""
        plain = cls()
        return cls(
            model=os.environ.get("FOOTNOTE_MODEL") or plain.model,
            endpoint=os.environ.get("FOOTNOTE_ENDPOINT") or None,
            key=os.environ.get("FOOTNOTE_KEY") or plain.key,
            extractive=os.environ.get("FOOTNOTE_EXTRACTIVE", "") in {"1", "true", "yes"},
        )
