"""Evaluation: cases to scores."""

from eval.cases import Case, Evidence, load
from eval.engines import Engine, Setup, setup
from eval.engines.record import Cited, Record, Reply
from eval.errors import EvaluationError
from eval.runs.run import Selection, run
from eval.runs.summary import Summary

__all__ = ["Case", "Cited", "Engine", "EvaluationError", "Evidence", "Record", "Reply",
           "Selection", "Setup", "Summary", "load", "run", "setup"]  # fmt: skip
