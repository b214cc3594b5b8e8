"""The project's own clusters, and how they become examples."""

from typing import Any

import pytest

from qa.training import clusters

LONG = "".join(f"The Tarvik ferry number {n} sails at seven. " for n in range(24))
CLUSTER: dict[str, Any] = {
    "id": "x-08",
    "documents": [
        {"lang": "en", "title": "Ferries", "text": f"{LONG}Ana Lund steers it. Nobody else may."},
        {
            "lang": "en",
            "title": "Harbour",
            "text": "Ana Lund lives there. The boat fair is in May.",
        },
    ],
    "qa": [],
    "claims": [
        {"text": "a", "lang": "en", "doc": 0, "quote": "Ana Lund steers it.", "label": 1},
        {"text": "b", "lang": "en", "doc": 0, "quote": "Ana Lund steers it.", "label": 0},
        {"text": "c", "lang": "en", "doc": 0, "quote": "Ana Lund steers it.", "label": 1},
    ],
}


def asked(*answers: tuple[int, str]) -> list[Any]:
    item = {"q": "?", "answers": [{"doc": doc, "quote": quote} for doc, quote in answers]}
    return list(clusters.asks("x-08", item, clusters.cut(CLUSTER)))


def test_a_question_is_asked_of_the_passage_that_answers_and_of_the_nearest_that_do_not() -> None:
    found = asked((0, "Ana Lund"))
    marked = [e for e in found if e.label]
    assert [e.text[s.start : s.end] for e in marked for s in e.spans] == ["Ana Lund"]
    assert "steers" in marked[0].text
    assert sum(not e.label for e in found) == clusters.NEAR


def test_a_quotation_counts_only_in_its_own_document() -> None:
    (marked,) = (e for e in asked((1, "Ana Lund")) if e.label)
    assert "lives" in marked.text


def test_a_quotation_over_two_passages_is_marked_in_both() -> None:
    first, second = clusters.cut(CLUSTER)[:2]
    quote = f"{first.text[-40:]} {second.text[:30]}"
    cluster = CLUSTER | {
        "documents": [{**CLUSTER["documents"][0], "text": f"{first.text} {second.text}"}]
    }
    item = {"q": "?", "answers": [{"doc": 0, "quote": quote}]}
    found = list(clusters.asks("x", item, clusters.cut(cluster)))
    marked = [(e.text[s.start : s.end]) for e in found for s in e.spans]
    assert marked == [first.text[-40:], second.text[:30]]


def test_what_nothing_answers_is_asked_of_the_nearest_passages_only() -> None:
    found = asked()
    assert len(found) == clusters.NEAR_UNANSWERED
    assert not any(e.label for e in found)


def test_a_claim_stands_on_its_quotation_and_now_and_then_on_what_is_around_it() -> None:
    found = list(clusters.claims(CLUSTER))
    assert [e.label for e in found] == [True, False, True, True]
    assert found[2].text == "Ana Lund steers it."
    assert "Nobody else" in found[3].text and "seven" in found[3].text


@pytest.mark.parametrize("cluster", clusters.every(), ids=lambda cluster: cluster["id"])
def test_every_quotation_of_a_cluster_stands_in_its_document(cluster: dict[str, Any]) -> None:
    texts = [document["text"] for document in cluster["documents"]]
    answers = [answer for item in cluster["qa"] for answer in item["answers"]]
    assert all(one["quote"] in texts[one["doc"]] for one in [*answers, *cluster["claims"]])
    assert all((item["kind"] == "unanswerable") != bool(item["answers"]) for item in cluster["qa"])
    assert {claim["label"] for claim in cluster["claims"]} == {0, 1}


def test_an_eighth_of_the_clusters_is_held_out() -> None:
    held = [clusters.is_held_out(cluster) for cluster in clusters.every()]
    assert 0.05 < sum(held) / len(held) < 0.2
