"""The forms of what goes in and out over HTTP and MCP: pydantic models with an example each, from
which the OpenAPI description and the schemas of the MCP tools are made.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from index import DocumentRecord, Hit
from qa.answer import Answer, Citation, Seconds, Sentence

_CITATION = {"file": "ferry.md", "title": "The harbour ferry", "start": 0, "end": 34,
             "quote": "The ferry began on 4 May in spring."}  # fmt: skip
_ANSWER: dict[str, Any] = {
    "question": "When did the ferry begin?",
    "answer": "The ferry began on 4 May.",
    "abstained": False,
    "reason": None,
    "sentences": [
        {"text": "The ferry began on 4 May.", "verdict": "supported", "citations": [_CITATION]}
    ],
    "citations": [_CITATION],
    "passages": [{"file": "ferry.md", "start": 0, "end": 210, "score": 0.61, "dense_rank": 1,
                  "lexical_rank": 2}],
    "models": {"embedding": "google/embeddinggemma-300m", "reader": "reader", "language": "qwen"},
    "seconds": {"retrieve": 0.1, "first_sentence": 2.4, "total": 3.1, "first_quotation": 1.0},
}  # fmt: skip


class AskForm(BaseModel):
    """A question about the documents."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": "When did the ferry begin?"}]}
    )

    question: str = Field(description="In any language; answered in its own where it can be.")
    history: list[tuple[str, str]] = Field(
        default=[],
        max_length=100,
        description="Earlier questions and answers of the conversation, oldest first.",
    )
    language: Literal["en", "ko"] | None = Field(default=None, description="To answer in.")
    paths: list[str] | None = Field(
        default=None, description="Search only these documents, by path."
    )


class PassageForm(BaseModel):
    """A passage that was found: `document.text[start:end]`, and with which ranks."""

    model_config = ConfigDict(extra="allow")

    file: str
    start: int
    end: int
    score: float
    dense_rank: int | None
    lexical_rank: int | None


class AnswerForm(BaseModel):
    """An answer, as `python -m qa ask --json` prints it. Abstained: `reason` says why; beside
    sentences it says which part of the question they leave open.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_ANSWER]})

    question: str
    answer: str
    abstained: bool
    reason: str | None
    sentences: list[Sentence]
    citations: list[Citation]
    passages: list[PassageForm]
    models: dict[str, str]
    seconds: Seconds

    @classmethod
    def of(cls, answer: Answer) -> "AnswerForm":
        """Return the form of an answer."""
        return cls.model_validate(answer.as_json())


class HitForm(BaseModel):
    """A passage that fits a search: `document.text[start:end] == text`."""

    file: str
    title: str | None
    heading: str
    language: str
    published: str | None
    start: int
    end: int
    text: str
    score: float

    @classmethod
    def of(cls, hit: Hit) -> "HitForm":
        """Return the form of a hit."""
        return cls(file=hit.path, title=hit.title, heading=hit.heading, language=hit.language,
                   published=hit.published, start=hit.start, end=hit.end, text=hit.text,
                   score=round(hit.score, 4))  # fmt: skip


class SpanForm(BaseModel):
    """A stretch of a document: `document.text[start:end] == text`, in code points."""

    file: str
    title: str | None
    start: int
    end: int
    text: str
    characters: int = Field(description="Length of the whole document.")


class SkippedForm(BaseModel):
    """A file that is not in the index, and why."""

    path: str
    reason: str


class DocumentsForm(BaseModel):
    """What the index holds."""

    documents: list[DocumentRecord]
    skipped: list[SkippedForm]
    passages: int


class RefusedForm(BaseModel):
    """An uploaded file that was not taken, and why."""

    name: str
    reason: str


class UploadedForm(BaseModel):
    """What became of uploaded files; those saved are found after the next `POST /api/sync`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"saved": ["notes.md"], "refused": []}]}
    )

    saved: list[str]
    refused: list[RefusedForm]


class RemovedForm(BaseModel):
    """A file that was taken out of the folder; its passages go with the next `POST /api/sync`."""

    removed: str


class ReadyForm(BaseModel):
    """Whether questions can be answered, and what is awaited where they cannot."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ready": False, "loading": ["reader"], "problem": None}]}
    )

    ready: bool
    loading: list[str]
    problem: str | None


class ErrorBody(BaseModel):
    """One sentence: what was wrong, then what to do."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorForm(BaseModel):
    """Every error has this form."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "error": {
                        "message": "16 questions wait already; ask again in a few seconds.",
                        "type": "rate_limit_error",
                        "param": None,
                        "code": None,
                    }
                }
            ]
        }
    )

    error: ErrorBody


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return these statuses as FastAPI's `responses`."""
    said = {
        400: "The question cannot be used.",
        404: "No such document.",
        409: "Something else is there, or at work, already.",
        413: "Too large.",
        422: "A field is missing or wrong.",
        429: "Too many questions wait; `Retry-After` says when to come back.",
        503: "The models are still loading, or cannot be loaded.",
    }
    return {status: {"model": ErrorForm, "description": said[status]} for status in statuses}
