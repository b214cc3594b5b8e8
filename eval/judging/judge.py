"""Lets a language model judge a run's answers: is each correct, and do its quotations support each
sentence? Never needed and never the default: the rules of `score.py` decide, and the judge's
agreement with them is told. Any OpenAI-compatible server will do.
"""

import os
import re
from pathlib import Path
from typing import Protocol

from tqdm import tqdm  # type: ignore[import-untyped]  # it ships no types

from eval.cases import Case
from eval.engines.record import Record
from eval.errors import EvaluationError
from eval.judging import prompts
from eval.judging.verdicts import Verdict, cited_sentences, verdicts
from eval.runs.files import append_line, mend
from eval.runs.folder import RunFolder
from qa import AnsweringSettings, LanguageModel, ModelError

VERDICT = re.compile(r"verdict\W{0,4}(yes|no)\b", re.IGNORECASE)


class Writer(Protocol):
    """A language model; `qa.LanguageModel` is one."""

    name: str

    def write(self, system: str, user: str) -> str:
        """Return the whole reply.

        Raises:
            ModelError: it cannot be reached.
        """
        ...


def open_judge(url: str, model: str) -> LanguageModel:
    """Point at an OpenAI-compatible server; its key, if it wants one, is `FOOTNOTE_JUDGE_KEY`."""
    key = os.environ.get("FOOTNOTE_JUDGE_KEY") or "none"
    settings = AnsweringSettings(endpoint=url, model=model, key=key)
    return LanguageModel.open(settings, home=Path())


def judge_run(folder: RunFolder, judge: Writer, *, progress: bool = True) -> None:
    """Ask the judge about every answer it has not judged yet; verdicts go to `judged.jsonl`.

    Raises:
        EvaluationError: the judge cannot be reached, or the disk is full; verdicts so far are kept.
    """
    records, file = folder.answers(), folder.judged_file
    mend(file)
    done = {verdict.id for verdict in verdicts(file, judge.name)}
    left = [c for c in folder.cases() if c.id in records and c.id not in done]
    for case in tqdm(left, desc="Judging", unit="case", disable=not progress):
        record = records[case.id]
        if record.error is not None:
            continue
        try:
            append_line(file, _judge(judge, case, record).line())
        except ModelError as error:
            raise EvaluationError(
                f"The judge {judge.name!r} did not answer ({error.__cause__ or error}); verdicts so"
                " far are kept, so see that --judge and --judge-model are right and judge again."
            ) from error


def _judge(judge: Writer, case: Case, record: Record) -> Verdict:
    asked = prompts.CORRECT_CASE.format(
        question=case.question, gold=case.answer, answer=record.answer
    )
    correct = _verdict(judge.write(prompts.CORRECT, asked))
    grounded = []
    for sentence, quotes in cited_sentences(record):
        user = prompts.GROUNDED_CASE.format(quotes="\n".join(quotes), sentence=sentence)
        grounded.append(_verdict(judge.write(prompts.GROUNDED, user)))
    return Verdict(case.id, judge.name, correct, tuple(grounded))


def _verdict(reply: str) -> bool | None:
    found = VERDICT.findall(reply)
    return found[-1].lower() == "yes" if found else None
