import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_index.core.schema import (
    Document,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    TextNode,
)

from index.blocks import blocks
from index.hit import Hit
from index.passages import passages
from sources.document import Facts, Heading, Span, canonical, make_document


def words(text: str) -> int:
    return len(text.split())


def document(
    text: str, *, cut: str = "", heads: tuple[str, ...] = (), title: str | None = None
) -> Document:
    found = [(text.index(head), head) for head in heads]
    cuts = [Span(m.start(), m.end()) for m in re.finditer(re.escape(cut), text)] if cut else []
    return make_document(
        "a.txt",
        text,
        sha256="0" * 64,
        language="en",
        facts=Facts(title=title),
        not_content=cuts,
        headings=[Heading(at, at + len(head), 2, head) for at, head in found],
    )


def split(made: Document, budget: int = 12) -> list[TextNode]:
    return passages(made, words, budget=budget)


def sentences(made: Document, node: TextNode) -> list[str]:
    return [made.text[start:end] for start, end in node.metadata["sentences"]]


def test_a_long_paragraph_is_parted_evenly_between_sentences() -> None:
    made = document("One two three four. " * 6)
    assert [words(node.text) for node in split(made)] == [12, 12]
    assert [words(node.text) for node in split(made, 16)] == [12, 12]


def test_short_paragraphs_under_one_heading_share_a_passage() -> None:
    made = document(
        "First\n\nA robot came.\n\nIt left.\n\nSecond\n\nNobody saw.", heads=("First", "Second")
    )
    assert [(node.text, node.metadata["heading"]) for node in split(made)] == [
        ("A robot came.\n\nIt left.", "First"),
        ("Nobody saw.", "Second"),
    ]


def test_boilerplate_is_never_inside_a_passage() -> None:
    made = document("A robot came.\nShare this!\nIt left.", cut="Share this!")
    assert [node.text for node in split(made)] == ["A robot came.", "It left."]
    made = document("A robot came. 762 likes It left.", cut="762 likes")
    assert [node.text for node in split(made)] == ["A robot came.", "It left."]


def test_a_list_stays_with_its_lead_in_and_each_item_is_a_sentence() -> None:
    text = "It has three parts:\n- Legs: they walk. They run.\n- Arms, which\n  carry\n- A head\n\nIt left."
    made = document(text)
    first, last = split(made)
    assert sentences(made, first) == [
        "It has three parts:", "Legs: they walk. They run.", "Arms, which\n  carry", "A head",
    ]  # fmt: skip
    assert last.text == "It left."


def test_a_table_stays_whole_and_each_row_is_a_sentence() -> None:
    rows = ["| Robot | Legs |", "| A | 3 |", "| B | 4 |"]
    made = document("The count.\n\n" + "\n".join(rows))
    assert rows == sentences(made, split(made)[-1])[-3:]


def test_the_title_is_a_sentence_of_the_first_passage() -> None:
    made = document("A robot at last\n\nOverview\n\nIt came.", title="A robot at last",
                    heads=("A robot at last", "Overview"))  # fmt: skip
    (node,) = split(made)
    assert sentences(made, node) == ["A robot at last", "It came."]
    assert node.metadata["heading"] == "Overview"


def test_a_heading_with_nothing_below_it_can_still_be_quoted() -> None:
    made = document("Robots win\n\nRobots lose\n\nIt rained.", heads=("Robots win", "Robots lose"))
    assert [node.text for node in split(made)] == ["Robots win", "It rained."]


def test_wrapped_lines_are_one_paragraph_and_single_long_lines_are_two() -> None:
    wrapped = "The robot that had been built in the old factory by the\nriver was taken apart."
    assert len(blocks(document(wrapped))) == 1
    long = "The robot was built. " * 9
    assert len(blocks(document(f"{long.strip()}\n{long.strip()}"))) == 2


def test_the_embedded_text_stands_under_title_and_headings() -> None:
    made = document("Legs\n\nIt has three.", title="The robot", heads=("Legs",))
    (node,) = split(made)
    assert node.get_content(MetadataMode.EMBED) == "The robot > Legs\nIt has three."
    assert node.get_content(MetadataMode.LLM).strip() == "It has three."


def test_passages_know_their_document_and_neighbours() -> None:
    first, second = split(document("One two three four. " * 6))
    assert first.relationships[NodeRelationship.SOURCE].node_id == "a.txt"  # type: ignore[union-attr]
    assert first.relationships[NodeRelationship.NEXT].node_id == second.node_id  # type: ignore[union-attr]
    assert second.relationships[NodeRelationship.PREVIOUS].node_id == first.node_id  # type: ignore[union-attr]


PIECES = st.sampled_from(
    ["A robot came. ", "It left! ", "Mr. Voss of the U.S. paid 3.5 dollars. ", "서울은 크다. ",
     "그는 “좋다. 가자.”라고 했다. ", "\n", "\n\n", "- an item\n", "1. first\n", "| a | b |\n", "CUT",
     "Heading here\n", "😀 ", "cafe\u0301 ", "word " * 90, "가나다" * 90, "\t", "---\n", "¶", " ",
     "첫째 날: 논의…전망 "]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=25), st.integers(3, 60))
def test_offsets_are_exact_and_sentences_cover_all_content(pieces: list[str], budget: int) -> None:
    text = canonical("".join(pieces))
    cuts = [Span(m.start(), m.end()) for m in re.finditer("CUT", text)]
    heads = [Heading(m.start(), m.end(), 2, m.group()) for m in re.finditer("Heading here", text)]
    made = make_document("a.txt", text, sha256="", language="en", facts=Facts(),
                         not_content=cuts, headings=heads)  # fmt: skip
    nodes = passages(made, words, budget=budget)
    covered: set[int] = set()
    last_end = 0
    for node in nodes:
        hit = Hit.of(NodeWithScore(node=node, score=1.0))
        assert text[hit.start : hit.end] == hit.text
        assert last_end <= hit.start
        assert (hit.sentences[0].start, hit.sentences[-1].end) == (hit.start, hit.end)
        for left, right in zip(hit.sentences, hit.sentences[1:], strict=False):
            assert left.end <= right.start
        assert all(
            text[s.start : s.end].strip() == text[s.start : s.end] != "" for s in hit.sentences
        )
        assert not any(cut.start < hit.end and hit.start < cut.end for cut in cuts)
        covered.update(i for s in hit.sentences for i in range(s.start, s.end))
        last_end = hit.end
    outside = {i for span in [*cuts, *heads] for i in range(span.start, span.end)}
    missing = {i for i, c in enumerate(text) if c.isalnum()} - covered - outside
    assert not missing, text[min(missing) :][:40]
    assert [n.node_id for n in nodes] == [n.node_id for n in passages(made, words, budget=budget)]
    assert len({n.node_id for n in nodes}) == len(nodes)
