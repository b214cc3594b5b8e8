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
    """Base URL of an OpenAI-compatible server; `None` runs `model` on this machine."""
    key: str = "none"
    """The key for `endpoint`; never logged."""
    extractive: bool = False
    """Answer by quotation alone, without any language model."""
    top_k: int = 10
    """How many passages the reader looks at."""
    evidence_sentences: int = 6
    """How many sentences the language model sees at most."""
    answered_at_least: float = 0.13
    """Below this probability that any passage answers, the assistant abstains."""
    dated_at_least: float = 0.03
    """The same for a passage whose date is reckoned with, which must hold a date besides."""
    corrected_at_least: float = 0.27
    """Where nothing answers: from this probability on that a passage corrects what the question takes
    for granted, it is quoted."""
    entailed_at_least: float = 0.78
    """A sentence less probably entailed by quotes in the other language than this is not shown."""
    answer_tokens: int = 160
    """The language model stops after this many tokens."""
    patience: float = 60.0
    """Seconds without a token after which the language model counts as hung."""
    longest: float = 180.0
    """Seconds that one reply of the language model may take altogether."""
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


@dataclass(frozen=True)
class ServingSettings:
    """Settings of the server: where it listens, who may ask, how much it takes."""

    host: str = "127.0.0.1"
    """Address to listen on; one that other machines reach needs a token."""
    port: int = 7860
    """0 takes a free one."""
    token: str | None = None
    """What a caller must show, at least 16 characters, or several parted by commas; never logged."""
    at_once: int = 1
    """Questions answered at the same time; two would share the same processors."""
    waiting: int = 16
    """Questions that may wait for their turn; more are turned away."""
    largest_request: int = 4 * 2**20
    """Bytes of a request that is no upload."""
    largest_upload: int = 256 * 2**20
    """Bytes of one upload, all its files together."""
    read_only: bool = False
    """Visitors ask and read; they add, remove, sync and evaluate nothing."""
    wrong_tokens: int = 10
    """Wrong tokens that one address may show before it is locked out."""
    locked_seconds: float = 900.0
    """For how long it is; who is logged in already is not."""
    per_minute: int = 240
    """Requests a minute of one visitor that ask or change something, where there is a token."""
    patience: float = 5.0
    """Seconds that questions get to be finished when the server is told to end; then those that
    wait for the language model are answered by quotation, and what is left is sent away."""

    @classmethod
    def from_environment(cls) -> "ServingSettings":
        """Read FOOTNOTE_TOKEN."""
        return cls(token=os.environ.get("FOOTNOTE_TOKEN") or None)
