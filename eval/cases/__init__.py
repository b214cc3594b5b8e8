"""Case sets: questions with the answer and the evidence a person wrote down, checked and added to."""

from eval.cases.case import KINDS, Case, Evidence, Kind, Turn, digest, load, parse

__all__ = ["KINDS", "Case", "Evidence", "Kind", "Turn", "digest", "load", "parse"]
