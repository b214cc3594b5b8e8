"""The OpenAI protocol, spoken by the official client over a real connection."""

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from qa.errors import RequestError
from qa.serve.api_openai import Message, asked
from qa.serve.line import Line
from tests.fakes_serve import ASK, ASK_NOTHING, RIVER, SAID, SERVED, TOKEN, Gated

assistant, line, address = SERVED


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key=TOKEN, max_retries=0) as made:
        yield made


def says(role: str, content: Any) -> Any:
    return {"role": role, "content": content}


def test_the_model_is_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["footnote"]
    assert client.models.retrieve("footnote").owned_by == "footnote"


def test_an_answer_comes_with_its_citations_beside_it(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="footnote", messages=[says("user", ASK)])
    (choice,) = done.choices
    assert (choice.message.role, choice.message.content) == ("assistant", SAID)
    assert choice.finish_reason == "stop" and done.model == "footnote"
    beside = done.model_extra or {}
    assert beside["abstained"] is False
    assert [sentence["text"] for sentence in beside["sentences"]] == [SAID]
    for cited in beside["citations"]:
        assert RIVER[cited["start"] : cited["end"]] == cited["quote"]


def test_an_abstention_is_normal_text_and_says_so_beside(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="footnote", messages=[says("user", ASK_NOTHING)])
    assert done.choices[0].finish_reason == "stop" and done.choices[0].message.content
    assert done.model_extra == {"citations": [], "sentences": [], "abstained": True}


@pytest.mark.parametrize("question", [ASK, ASK_NOTHING])
def test_a_stream_adds_up_to_the_whole_answer(client: openai.OpenAI, question: str) -> None:
    messages = [says("user", question)]
    whole = client.chat.completions.create(model="footnote", messages=messages)
    chunks = list(client.chat.completions.create(model="footnote", messages=messages, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "stop"
    assert chunks[-1].model_extra == whole.model_extra
    assert len({chunk.id for chunk in chunks}) == 1
    cited = [c for chunk in chunks[:-1] for c in (chunk.model_extra or {}).get("citations", [])]
    assert cited == (whole.model_extra or {})["citations"]


def test_the_stream_ends_as_clients_expect(address: str) -> None:
    form = {"messages": [says("user", ASK)], "stream": True}
    head = {"authorization": f"Bearer {TOKEN}"}
    reply = httpx.post(f"{address}/v1/chat/completions", json=form, headers=head)
    assert reply.text.endswith("data: [DONE]\n\n")


def test_the_conversation_before_is_the_history(client: openai.OpenAI, assistant: Gated) -> None:
    assistant.asked.clear()
    client.chat.completions.create(
        model="footnote",
        messages=[
            says("system", "Speak like a pirate."),
            says("user", "Who came?"),
            says("assistant", "Boats came."),
            says("user", "never answered"),
            says("user", [{"type": "text", "text": ASK}]),
        ],
        temperature=0.7,
        max_tokens=5,
    )
    assert assistant.asked == [(ASK, (("Who came?", "Boats came."),))]


def test_our_own_fields_choose_documents(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match=r"nowhere\.txt"):
        client.chat.completions.create(
            model="footnote",
            messages=[says("user", ASK)],
            extra_body={"paths": ["nowhere.txt"]},
        )


@pytest.mark.parametrize(
    ("more", "error", "said"),
    [
        ({"model": "gpt-9"}, openai.NotFoundError, "gpt-9"),
        ({"n": 2}, openai.BadRequestError, "one answer"),
        ({"messages": [says("assistant", "hi")]}, openai.BadRequestError, "last message"),
        ({"messages": []}, openai.UnprocessableEntityError, "messages"),
        ({"messages": [says("user", "?")]}, openai.BadRequestError, "nothing to search for"),
        (
            {"messages": [says("user", [{"type": "image_url", "image_url": {"url": "data:,"}}])]},
            openai.BadRequestError,
            "image_url",
        ),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_what_cannot_be_done_is_the_clients_own_error(
    client: openai.OpenAI,
    more: dict[str, Any],
    error: type[openai.APIError],
    said: str,
    stream: bool,
) -> None:
    asked: dict[str, Any] = {"model": "footnote", "messages": [says("user", ASK)]}
    with pytest.raises(error, match=said):
        client.chat.completions.create(**asked | more, stream=stream)


def test_a_wrong_key_is_the_clients_own_error(address: str) -> None:
    with (
        openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError),
    ):
        stranger.models.list()


def test_a_full_line_is_a_rate_limit_that_says_when_to_come_back(
    client: openai.OpenAI, line: Line
) -> None:
    with line._place("page", ""), pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(model="footnote", messages=[says("user", ASK)])
    assert int(caught.value.response.headers["retry-after"]) > 0


def test_what_breaks_in_the_middle_of_a_stream_is_an_error_of_the_client(
    client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, *_: object, **__: object) -> object:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr("qa.turn.Turn.read", broken)
    stream = client.chat.completions.create(
        model="footnote", messages=[says("user", f"{ASK} Tell me.")], stream=True
    )
    with pytest.raises(openai.APIError, match="inside Footnote") as caught:
        list(stream)
    assert "secret" not in str(caught.value)


def test_only_the_users_and_the_assistants_words_are_history() -> None:
    messages = [
        Message(role="developer", content="x"),
        Message(role="user", content="a"),
        Message(role="tool", content="x"),
        Message(role="assistant", content="b"),
        Message(role="assistant", content="c"),
        Message(role="user", content="d"),
    ]
    assert asked(messages) == ("d", [("a", "b")])
    with pytest.raises(RequestError):
        asked(messages[:-1])
