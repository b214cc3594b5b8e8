"""The evaluation view as HTML: finished runs, the run that is going on, and cases made of answers."""

import hashlib
from pathlib import Path

from qa.page.desk import Desk
from qa.page.html import escaped, plain_name
from qa.page.text import Words
from qa.records.trials import ROOT, SHOWN, Trial, add_case, case_files, case_of, runs


class Trials:
    """Evaluation over the documents at hand; one run at a time, for all visitors."""

    def __init__(self, desk: Desk) -> None:
        """Work with the desk's folder and conversations."""
        self._desk = desk
        self._trial: Trial | None = None

    def view(self, text: Words) -> str:
        """Return the whole view as HTML."""
        return (
            f'<div class="fn-trials-inner"><h2>{text.trials}</h2><p>{text.trials_detail}</p>'
            f"{self._starting(text)}{self._table(text)}</div>"
        )

    def start(self, number: int) -> None:
        """Begin a run of one of the case files listed."""
        files = case_files(self._cases)
        if self._desk.writable and 0 <= number < len(files):
            self.trial.start(files[number])

    def stop(self) -> None:
        """End the run that is going on."""
        self.trial.stop()

    @property
    def trial(self) -> Trial:
        """The run that is going on, or was the last."""
        if self._trial is None:
            place = self._desk.library().location / "runs"
            self._trial = Trial(self._desk.folder or Path(), place)
        return self._trial

    @property
    def _cases(self) -> Path:
        return self._desk.library().location / "cases.jsonl"

    def add(self, desk: Desk, id: str, number: int, gold: str, include: str) -> str:
        """Make a case of a question answered at a visitor's desk and add it to the user's own."""
        turns = desk.conversations().load(id).turns
        turn = turns[number - 1]
        assert turn.answer is not None and self._desk.folder is not None and self._desk.writable
        name = hashlib.sha256(f"{id} {number} {gold} {include}".encode()).hexdigest()[:8]
        case = case_of(
            turn.answer,
            id=f"page-{name}",
            gold=gold,
            include=[word.strip() for word in include.split(",")],
            history=[t.exchange for t in turns[: number - 1] if t.exchange],
        )
        return add_case(case, self._cases, self._desk.folder.resolve())

    def _starting(self, text: Words) -> str:
        pace = self.trial.pace()
        if pace.running:
            told = text.trials_pace.format(done=pace.done, total=pace.total)
            return (
                f'<div class="fn-progress" role="status"><label>{told}<progress value="{pace.done}"'
                f' max="{max(1, pace.total)}"></progress></label>'
                f'<button type="button" class="fn-trial-stop">{text.stop}</button></div>'
            )
        files = case_files(self._cases)
        failed = (
            f'<p class="fn-problem" role="alert">{escaped(pace.problem)}</p>'
            if pace.problem
            else ""
        )
        if not files or not self._desk.writable:
            return f"{failed}<p>{text.trials_no_cases}</p>"
        options = "".join(
            f'<option value="{number}">{escaped(plain_name(file.name))}</option>'
            for number, file in enumerate(files)
        )
        return (
            f'{failed}<div class="fn-trial-form"><label>{text.trials_cases} '
            f'<select class="fn-trial-cases">{options}</select></label>'
            f'<button type="button" class="fn-trial-start">{text.trials_start}</button>'
            f'</div><p class="fn-note">{text.trials_heavy}</p>'
        )

    def _table(self, text: Words) -> str:
        found = runs([self._desk.library().location / "runs", ROOT / "runs"])
        if not found:
            return f'<p class="fn-note">{text.trials_none}</p>'
        heads = [text.trials_run, text.trials_engine, text.trials_count]
        heads += [getattr(text, f"figure_{name}") for name in SHOWN] + [text.trials_finished]
        rows = []
        for run in found:
            cells = [run.name, run.engine, str(run.cases)]
            cells += [_figure(name, run.figures.get(name)) for name in SHOWN]
            cells.append(run.finished[:16].replace("T", " "))
            rows.append("".join(f"<td><bdi>{escaped(plain_name(c))}</bdi></td>" for c in cells))
        top = "".join(f'<th scope="col">{head}</th>' for head in heads)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return (
            f'<div class="fn-table" tabindex="0" role="region" aria-label="{text.trials}"><table>'
            f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if name.startswith("seconds") else f"{value:.0%}"
