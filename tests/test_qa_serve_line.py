"""The line of questions: in order, counted, bounded, and left by whoever goes away."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qa.answer import Answer, Sentence, Stage
from qa.errors import CrowdedError, ModelError, QuestionError, UnreadyError
from qa.serve.line import Line
from tests.fakes_serve import ASK, ASK_NOTHING, Gated, begun, gated, shelve


@pytest.fixture
def assistant(tmp_path: Path) -> Gated:
    return gated(shelve(tmp_path / "documents"), tmp_path / "home")


def counted(line: Line, name: str) -> float:
    found = [x for x in line.metrics.text().decode().splitlines() if x.startswith(name + " ")]
    assert len(found) == 1, name
    return float(found[0].split()[-1])


def in_thread(line: Line, into: list[object]) -> threading.Thread:
    def work() -> None:
        try:
            into.extend(line.stream(ASK))
        except Exception as error:
            into.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def until(what: object) -> None:
    limit = time.monotonic() + 20
    while not what():  # type: ignore[operator]
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_a_lone_question_is_answered_as_the_assistant_answers_it(assistant: Gated) -> None:
    line = begun(assistant)
    events = list(line.stream(ASK))
    kinds = [type(event) for event in events]
    assert kinds.count(Sentence) == 1 and kinds[-1] is Answer
    assert Stage("waiting") not in events
    assert (line.running, line.waiting) == (0, 0)


def test_questions_are_answered_in_their_order_and_told_how_many_come_before(
    assistant: Gated,
) -> None:
    line = begun(assistant)
    assistant.go.clear()
    told: list[list[object]] = [[], [], []]
    threads = []
    for number, into in enumerate(told):
        threads.append(in_thread(line, into))
        until(lambda n=number: line.running + line.waiting == n + 1)
    until(lambda: len(told[2]) > 0)
    assert (line.running, line.waiting) == (1, 2)
    assert counted(line, "footnote_questions_waiting") == 2
    assistant.go.set()
    for thread in threads:
        thread.join(30)
    ahead = [[e.ahead for e in events if isinstance(e, Stage) and e.name == "waiting"]
             for events in told]  # fmt: skip
    assert ahead[0] == [] and set(ahead[1]) == {1} and set(ahead[2]) <= {1, 2} and ahead[2][0] == 2
    assert all(isinstance(events[-1], Answer) for events in told)


def test_a_full_line_turns_away_and_counts_it(assistant: Gated) -> None:
    line = begun(assistant, waiting=1)
    assistant.go.clear()
    told: list[object] = []
    threads = []
    for number in range(2):
        threads.append(in_thread(line, told))
        until(lambda n=number: line.running + line.waiting == n + 1)
    with pytest.raises(CrowdedError, match="1 questions wait"):
        next(line.stream(ASK, way="api"))
    assistant.go.set()
    for thread in threads:
        thread.join(30)
    assert counted(line, 'footnote_turned_away_total{way="api"}') == 1
    assert counted(line, 'footnote_questions_total{way="page"}') == 2


def test_whoever_goes_away_while_waiting_leaves_the_line_and_is_no_failure(
    assistant: Gated,
) -> None:
    line = begun(assistant)
    assistant.go.clear()
    told: list[object] = []
    thread = in_thread(line, told)
    until(lambda: line.running == 1)
    with closing(line.stream(ASK, way="api")) as impatient:
        assert next(impatient) == Stage("waiting", 1)
        assert line.waiting == 1
    assert line.waiting == 0
    assistant.go.set()
    thread.join(30)
    assert counted(line, 'footnote_abandoned_total{way="api"}') == 1
    assert counted(line, 'footnote_failures_total{way="api"}') == 0


def test_a_question_before_the_models_are_there_is_told_that_they_load(assistant: Gated) -> None:
    assistant.loaded.clear()
    line = Line(assistant)
    with pytest.raises(UnreadyError, match="documents and reader"):
        line.require_ready()
    line.begin()
    until(lambda: line.loading == ("reader",))
    events: Iterator[object] = line.stream(ASK)
    assert next(events) == Stage("loading")
    assistant.loaded.set()
    assert isinstance([*events][-1], Answer)
    assert line.loading == () and line.is_ready


def test_models_that_cannot_be_loaded_are_told_to_whoever_asks(assistant: Gated) -> None:
    assistant.fails = QuestionError("The weights are not there.")
    line = Line(assistant)
    line.begin()
    with pytest.raises(UnreadyError, match="weights are not there"):
        list(line.stream(ASK))
    assert not line.is_ready and line.running == 0


def test_a_bug_while_loading_is_logged_and_not_told(
    assistant: Gated, caplog: pytest.LogCaptureFixture
) -> None:
    assistant.fails = RuntimeError("a secret of the machine")
    line = Line(assistant)
    line.begin()
    with pytest.raises(UnreadyError, match="something broke") as caught:
        list(line.stream(ASK))
    assert "secret" not in str(caught.value) and "secret" in caplog.text


def test_without_a_language_model_the_server_is_ready_with_a_doubt(assistant: Gated) -> None:
    assistant.fails = ModelError("It did not start.")
    line = begun(assistant)
    assert line.is_ready and line.doubt == "It did not start."


def test_answers_abstentions_and_failures_are_counted_without_a_word_of_them(
    assistant: Gated,
) -> None:
    line = begun(assistant)
    for question in (ASK, ASK_NOTHING):
        list(line.stream(question, way="openai"))
    with pytest.raises(QuestionError):
        list(line.stream("?", way="mcp"))
    told = line.metrics.text().decode()
    assert counted(line, 'footnote_questions_total{way="openai"}') == 2
    assert counted(line, 'footnote_abstentions_total{way="openai"}') == 1
    assert counted(line, 'footnote_failures_total{way="mcp"}') == 1
    assert counted(line, "footnote_answer_seconds_count") == 2
    assert counted(line, "footnote_first_sentence_seconds_count") == 1
    assert counted(line, "footnote_documents") == 2
    assert counted(line, "footnote_ready") == 1
    assert not any(word in told for word in ("treaty", "violinist", "Lund", "Ana"))


def test_an_ending_line_lets_the_answer_be_finished_and_sends_the_waiting_away(
    assistant: Gated,
) -> None:
    line = begun(assistant)
    assistant.go.clear()
    answered: list[object] = []
    sent_away: list[object] = []
    first = in_thread(line, answered)
    until(lambda: line.running == 1)
    second = in_thread(line, sent_away)
    until(lambda: line.waiting == 1)
    ending = threading.Thread(target=line.end, daemon=True)
    ending.start()
    second.join(30)
    assert isinstance(sent_away[-1], UnreadyError)
    with pytest.raises(UnreadyError, match="ending"):
        next(line.stream(ASK))
    assistant.go.set()
    first.join(30)
    ending.join(30)
    assert isinstance(answered[-1], Answer) and not ending.is_alive()


def test_an_answer_that_takes_longer_than_the_patience_is_broken_off(assistant: Gated) -> None:
    line = begun(assistant)
    assistant.go.clear()
    told: list[object] = []
    thread = in_thread(line, told)
    until(lambda: line.running == 1)
    line.end(patience=0.0)
    assistant.go.set()
    thread.join(30)
    assert isinstance(told[-1], UnreadyError)
