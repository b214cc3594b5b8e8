"""Question and documents to answer: reading, writing, grounding; command line and chat page."""

from qa.answer import Answer, Citation, Dropped, Seconds, Sentence, Stage
from qa.assistant import Assistant
from qa.errors import AnsweringError, ModelError, QuestionError, ServingError
from qa.language_model import LanguageModel
from qa.reader import Reader
from qa.settings import AnsweringSettings

__all__ = ["Answer", "AnsweringError", "AnsweringSettings", "Assistant", "Citation", "Dropped",
           "LanguageModel", "ModelError", "QuestionError", "Reader", "Seconds", "Sentence",
           "ServingError", "Stage"]  # fmt: skip
