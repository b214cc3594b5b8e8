"""Each adapter on a tiny set of our own, in the format the set's authors publish."""

import doctest
from pathlib import Path

import pytest
from benchmark_examples import APPLE, RIVER, ROBOT, SEOUL, squad_file, write_json, write_lines

from eval.benchmarks import BENCHMARKS, beir, claims, multihop, read_set, rgb, spans
from eval.benchmarks import beir as beir_module
from eval.benchmarks.sets import Question, some
from eval.errors import EvaluationError


def test_squad_2_has_answers_and_questions_without_one(tmp_path: Path) -> None:
    squad_file(tmp_path / "dev-v2.0.json")
    found = spans.squad(tmp_path)
    assert [p.title for p in found.passages] == ["River Tarn", "Robots", "Apples"]
    dam, name, owner = found.questions
    assert dam.spans == ("1931", "in 1931") and dam.given == "0" and dam.relevant == {"0": 1.0}
    assert name.spans == ("Pim",)
    assert not owner.answerable and owner.part == "unanswerable" and owner.relevant == {}


def test_squad_1_has_no_impossible_questions(tmp_path: Path) -> None:
    squad_file(tmp_path / "dev-v1.1.json", two=False)
    assert all(question.answerable for question in spans.squad(tmp_path).questions)


def test_korquad_is_korean_and_counts_in_its_own_way(tmp_path: Path) -> None:
    asked = {"id": "0-0", "question": "다리는 언제 놓였나?",
             "answers": [{"text": "1902년", "answer_start": 9}]}  # fmt: skip
    article = {"title": "다리", "paragraphs": [{"context": SEOUL, "qas": [asked]}]}
    held = {"version": "KorQuAD_v1.0_dev", "data": [article]}
    write_json(tmp_path / "KorQuAD_v1.0_dev.json", held)
    (question,) = spans.korquad(tmp_path).questions
    assert question.lang == "ko" and question.spans == ("1902년",)


def test_xquad_is_read_language_by_language(tmp_path: Path) -> None:
    for language in ("en", "de"):
        squad_file(tmp_path / f"xquad.{language}.json", two=False)
    found = spans.xquad(tmp_path)
    assert {question.part for question in found.questions} == {"en", "de"}
    assert len(found.passages) == 6 and len({p.id for p in found.passages}) == 6
    assert {q.given for q in found.questions if q.part == "de"} == {"de-0", "de-1"}


def test_hotpotqa_takes_its_corpus_from_the_contexts(tmp_path: Path) -> None:
    row = {
        "_id": "h1", "question": "Which is older?", "answer": "the dam", "type": "comparison",
        "level": "easy", "supporting_facts": [["Tarn", 0], ["Pim", 1]],
        "context": [["Tarn", ["The dam is old.", " It holds."]], ["Pim", ["A robot.", "New."]],
                    ["Kerr", ["An orchard."]]],
    }  # fmt: skip
    write_json(tmp_path / "hotpot_dev_distractor_v1.json", [row])
    found = multihop.hotpotqa(tmp_path)
    texts = {p.id: p.text for p in found.passages}
    assert texts == {
        "Tarn": "The dam is old. It holds.",
        "Pim": "A robot. New.",
        "Kerr": "An orchard.",
    }
    assert found.questions[0].relevant == {"Tarn": 1.0, "Pim": 1.0}
    assert found.questions[0].golds == (("the dam",),)


def multihop_files(folder: Path) -> None:
    corpus = [
        {"title": title, "author": None, "source": "s", "published_at": "2023-01-01T00:00:00",
         "category": "c", "url": url, "body": body}
        for title, url, body in (("Tarn", "u:1", RIVER), ("Pim", "u:2", ROBOT))
    ]  # fmt: skip
    fact = {"title": "Tarn", "url": "u:1", "fact": "Forty mills stood on the river before that."}
    asked = [
        {"query": "How many mills?", "answer": "Forty", "question_type": "inference_query",
         "evidence_list": [fact]},
        {"query": "Who sang?", "answer": "Insufficient information.", "question_type": "null_query",
         "evidence_list": []},
    ]  # fmt: skip
    write_json(folder / "corpus.json", corpus)
    write_json(folder / "MultiHopRAG.json", asked)


def test_a_null_query_of_multihop_rag_calls_for_abstaining(tmp_path: Path) -> None:
    multihop_files(tmp_path)
    found = multihop.multihop_rag(tmp_path)
    mills, sang = found.questions
    assert mills.golds == (("Forty",),) and mills.relevant == {"u:1": 1.0}
    assert mills.facts == ("Forty mills stood on the river before that.",)
    assert not sang.answerable and sang.part == "null_query"


def beir_files(folder: Path, qrels: str = "q1\td1\t2\nq1\td2\t1\nq2\td3\t0\n") -> None:
    docs = [{"_id": f"d{n}", "title": "", "text": text, "metadata": {}}
            for n, text in enumerate((RIVER, ROBOT, APPLE), 1)]  # fmt: skip
    write_lines(folder / "corpus.jsonl", docs)
    asked = [{"_id": "q1", "text": "river"}, {"_id": "q2", "text": "apple"}]
    write_lines(folder / "queries.jsonl", asked)
    (folder / "qrels").mkdir()
    heading = "query-id\tcorpus-id\tscore\n"
    (folder / "qrels" / "test.tsv").write_text(heading + qrels, encoding="utf-8")


def test_beir_asks_the_queries_that_have_something_relevant(tmp_path: Path) -> None:
    beir_files(tmp_path)
    found = beir.beir(tmp_path)
    assert [(q.id, q.relevant) for q in found.questions] == [("q1", {"d1": 2.0, "d2": 1.0})]
    assert len(found.passages) == 3 and found.tasks == ("ranking",)


def test_beir_without_anything_relevant_is_refused(tmp_path: Path) -> None:
    beir_files(tmp_path, qrels="q9\td1\t1\n")
    with pytest.raises(EvaluationError, match="judgements belong together"):
        beir.beir(tmp_path)


def test_scifact_is_read_from_its_tables_with_abstracts_put_together(tmp_path: Path) -> None:
    (tmp_path / "corpus_train.csv").write_text(
        "doc_id,title,abstract,structured\n"
        '11,Dams,"[\'Dams hold water.\'\n \'The river\'\'s dam "holds" 1.\']",False\n'.replace(
            "''s", "\\'s").replace('"holds"', '""holds""'),
        encoding="utf-8",
    )  # fmt: skip
    (tmp_path / "claims_validation.csv").write_text(
        "id,claim,evidence_doc_id,evidence_label,evidence_sentences,cited_doc_ids\n"
        "1,Dams hold.,11,SUPPORT,[0],[11 12]\n1,Dams hold.,12,SUPPORT,[1],[11 12]\n",
        encoding="utf-8",
    )
    found = beir.scifact(tmp_path)
    assert [(q.text, q.relevant) for q in found.questions] == [
        ("Dams hold.", {"11": 1.0, "12": 1.0})
    ]
    assert found.passages[0].text.startswith("Dams hold water. The river")


def rgb_files(folder: Path) -> None:
    positive = [f"Pim the robot was built in 1988, says {n}." for n in range(4)]
    negative = [f"Robot number {n} is red." for n in range(6)]
    write_lines(folder / "en.json", [
        {"id": 0, "query": "When was Pim built?", "answer": [["1988", "eighty-eight"]],
         "positive": positive, "negative": negative},
    ])  # fmt: skip
    write_lines(folder / "en_int.json", [
        {"id": 0, "query": "When and where?", "answer": [["1988"], ["Holm", "Holmstad"]],
         "positive": [["Built in 1988."], ["Built in Holm."]], "negative": negative},
    ])  # fmt: skip
    write_lines(folder / "en_fact.json", [
        {"id": 0, "query": "Who built Pim?", "answer": "Ada Quill", "fakeanswer": "Per Holm",
         "positive": ["Ada Quill built Pim."], "positive_wrong": ["Per Holm built Pim."],
         "negative": negative},
    ])  # fmt: skip


def test_rgb_hands_over_five_passages_with_the_share_of_noise(tmp_path: Path) -> None:
    rgb_files(tmp_path)
    found = rgb.rgb(tmp_path)
    texts = {p.id: p.text for p in found.passages}
    good = {
        q.part: sum("1988" in texts[id] for id in q.among)
        for q in found.questions
        if q.text == "When was Pim built?"
    }
    assert good == {"noise 0.2": 4, "noise 0.4": 3, "noise 0.6": 2, "noise 0.8": 1, "rejection": 0}
    assert all(len(q.among) == 5 for q in found.questions if q.part.startswith("noise"))
    rejection = next(q for q in found.questions if q.part == "rejection")
    assert not rejection.answerable and len(rejection.among) == 5


def test_rgb_plants_wrong_passages_and_joins_parts(tmp_path: Path) -> None:
    rgb_files(tmp_path)
    by_part = {q.part: q for q in rgb.rgb(tmp_path).questions}
    assert by_part["counterfactual"].fake == "Per Holm"
    assert by_part["counterfactual"].golds == (("Ada Quill",),)
    assert by_part["integration"].golds == (("1988",), ("Holm", "Holmstad"))


def test_wice_counts_partial_support_as_none(tmp_path: Path) -> None:
    rows = [
        {"label": label, "claim": "The river is old.", "evidence": [RIVER], "meta": {"id": label},
         "supporting_sentences": [[0]]}
        for label in ("supported", "partially_supported", "not_supported")
    ]  # fmt: skip
    write_lines(tmp_path / "claim_test.jsonl", rows)
    found = claims.wice(tmp_path)
    assert [(c.part, c.supported) for c in found.claims] == [
        ("supported", True), ("partially supported", False), ("not supported", False),
    ]  # fmt: skip


def test_klue_nli_counts_entailment_alone(tmp_path: Path) -> None:
    rows = [
        {"guid": f"g{n}", "premise": SEOUL, "hypothesis": "다리는 1902년에 놓였다.",
         "gold_label": label}
        for n, label in enumerate(("entailment", "neutral", "contradiction"))
    ]  # fmt: skip
    write_json(tmp_path / "klue-nli-v9_dev.json", rows)
    found = claims.klue_nli(tmp_path)
    assert [c.supported for c in found.claims] == [True, False, False]
    assert found.claims[0].source == (SEOUL,) and found.claims[0].lang == "ko"


def test_ragtruth_joins_responses_with_their_sources(tmp_path: Path) -> None:
    sources = [
        {"source_id": "s1", "task_type": "QA", "source": "x", "prompt": "p",
         "source_info": {"question": "When?", "passages": f"passage 1:{RIVER}\n\npassage 2:{ROBOT}"}},
        {"source_id": "s2", "task_type": "Data2txt", "source": "y", "prompt": "p",
         "source_info": {"name": "Kerr", "stars": 4}},
    ]  # fmt: skip
    write_lines(tmp_path / "dataset" / "source_info.jsonl", sources)
    span = {"start": 0, "end": 3, "text": "The", "label_type": "Evident Conflict"}
    rows = [
        {"id": "1", "source_id": "s1", "labels": [], "split": "test", "quality": "good",
         "response": "It was dammed in 1931."},
        {"id": "2", "source_id": "s2", "labels": [span], "split": "test", "quality": "good",
         "response": "The shop has 5 stars."},
        {"id": "3", "source_id": "s2", "labels": [], "split": "train", "quality": "good",
         "response": "Kerr."},
        {"id": "4", "source_id": "s2", "labels": [], "split": "test", "quality": "truncated",
         "response": "Kerr."},
    ]  # fmt: skip
    write_lines(tmp_path / "dataset" / "response.jsonl", rows)
    found = claims.ragtruth(tmp_path)
    assert [(c.id, c.supported, c.part) for c in found.claims] == [
        ("1", True, "QA"), ("2", False, "Data2txt"),
    ]  # fmt: skip
    assert "Forty mills stood on the river before that." in found.claims[0].source
    assert found.claims[1].source == ("name: Kerr.", "stars: 4.")


def test_a_larger_limit_adds_to_a_smaller_one_and_takes_the_parts_in_turn() -> None:
    asked = [Question(f"q{n}", "?", "en", part="ab"[n % 4 == 0]) for n in range(20)]
    assert some(asked, 4) == some(asked, 8)[:4]
    assert sorted(q.part for q in some(asked, 6)) == ["a"] * 3 + ["b"] * 3
    assert len(some(asked, None)) == 20


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_folder_without_the_files_says_which_are_looked_for(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvaluationError, match="looked for"):
        read_set(name, tmp_path)
    with pytest.raises(EvaluationError, match="There is no folder"):
        read_set(name, tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ('{"version": "1"}', "data"),
        ('{"data": [{"title": "t", "paragraphs": [{"context": "c", "qas": [{"id": "1"}]}]}]}',
         "row 1 has no 'answers'"),
        ('{"data": [{"paragraphs": 7}]}', "row 1"),
        ('{"data": []}', "no question"),
        ("[" * 100_000, "not JSON"),
        ('{"data": [{"title": "\\ud83d", "paragraphs": []}]}', "halves of characters"),
    ],
)  # fmt: skip
def test_a_broken_file_is_one_sentence_that_names_file_and_place(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "dev-v2.0.json").write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match=said) as told:
        read_set("squad", tmp_path)
    assert "\n" not in str(told.value)


def test_a_table_with_a_cell_beyond_all_measure_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "claims_dev.csv").write_text("id\n1\n", encoding="utf-8")
    (tmp_path / "corpus.csv").write_text('"' + "x" * 2**25, encoding="utf-8")
    with pytest.raises(EvaluationError, match="row 1|field larger"):
        read_set("scifact", tmp_path)


def test_an_unknown_benchmark_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="choose one of squad, korquad"):
        read_set("squid", tmp_path)


def test_the_example_in_the_docstring_holds() -> None:
    result = doctest.testmod(beir_module)
    assert result.attempted > 0 and result.failed == 0
