"""Pack the sentences of a document into passages, up to a budget of tokens.

A passage is consecutive whole sentences of one section; a table stays whole, and a list stays
with its lead-in. It is a LlamaIndex `TextNode` with exact offsets, in the form `index/hit.py`
reads.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from llama_index.core.schema import Document, NodeRelationship, RelatedNodeInfo, TextNode

from index.blocks import Block, blocks
from index.kiwi import is_korean
from index.sentences import sentences
from sources.document import Span, not_content

WHOLE_LIMIT = 3  # a list or table up to this many budgets stays whole

TokenCounter = Callable[[str], int]


@dataclass(frozen=True)
class _Unit:
    """Sentences that must not be parted."""

    sentences: tuple[Span, ...]
    tokens: int


@dataclass
class _Draft:
    heading: tuple[str, ...]
    sentences: list[Span]
    tokens: int
    is_title: bool


def passages(document: Document, count: TokenCounter, *, budget: int) -> list[TextNode]:
    """Return the passages of a document in text order.

    Args:
        document: with canonical text, headings and boilerplate marked.
        count: returns the tokens of a string, as the embedding model counts them.
        budget: tokens a passage aims at; only what must stay together exceeds it.
    """
    drafts: list[_Draft] = []
    for block in blocks(document):
        units = list(_units(block, document, count, budget))
        for number, group in enumerate(_groups(units, budget)):
            tokens = sum(unit.tokens for unit in group)
            spans = [span for unit in group for span in unit.sentences]
            last = drafts[-1] if drafts else None
            fits = last is not None and last.tokens + tokens <= budget
            if last and fits and number == 0 and _are_neighbours(last, block, document):
                last.sentences += spans
                last.tokens += tokens
                last.heading, last.is_title = block.heading, False
            else:
                drafts.append(_Draft(block.heading, spans, tokens, block.is_title))
    return _nodes(document, drafts)


def _are_neighbours(last: _Draft, block: Block, document: Document) -> bool:
    """Say whether a block may join: same heading (or the title above), no boilerplate between."""
    gap = Span(last.sentences[-1].end, block.start)
    cut = any(s.start < gap.end and gap.start < s.end for s in not_content(document))
    return not cut and (last.is_title or last.heading == block.heading)


def _units(block: Block, document: Document, count: TokenCounter, budget: int) -> Iterator[_Unit]:
    spans = sentences(block, document.text, document.metadata["language"])
    units = [_Unit((span,), count(document.text[span.start : span.end])) for span in spans]
    total = sum(unit.tokens for unit in units)
    if block.kind != "text" and total <= WHOLE_LIMIT * budget:
        yield _Unit(tuple(spans), total)
    else:
        yield from units


def _groups(units: Sequence[_Unit], budget: int) -> Iterator[list[_Unit]]:
    """Yield runs of units of about equal length, as few as the budget allows."""
    total = sum(unit.tokens for unit in units)
    parts = -(-total // budget) or 1
    group: list[_Unit] = []
    filled = done = 0
    for unit in units:
        over = filled + unit.tokens > budget or filled + unit.tokens / 2 > (total - done) / parts
        if group and over:
            yield group
            done, parts = done + filled, max(1, parts - 1)
            group, filled = [], 0
        group.append(unit)
        filled += unit.tokens
    if group:
        yield group


def _nodes(document: Document, drafts: Sequence[_Draft]) -> list[TextNode]:
    nodes = [_node(document, draft) for draft in drafts]
    for left, right in zip(nodes, nodes[1:], strict=False):
        left.relationships[NodeRelationship.NEXT] = RelatedNodeInfo(node_id=right.node_id)
        right.relationships[NodeRelationship.PREVIOUS] = RelatedNodeInfo(node_id=left.node_id)
    return nodes


def _node(document: Document, draft: _Draft) -> TextNode:
    start, end = draft.sentences[0].start, draft.sentences[-1].end
    meta = document.metadata
    text = document.text[start:end]
    language = meta["language"]
    if is_korean(text) != (language == "ko"):
        language = "ko" if language != "ko" else "en"
    return passage_node(
        path=meta["path"],
        start=start,
        text=text,
        spans=draft.sentences,
        heading=" > ".join(draft.heading),
        title=meta["title"],
        language=language,
        published=meta["published"],
    )


def passage_node(
    *,
    path: str,
    start: int,
    text: str,
    spans: Sequence[Span],
    heading: str,
    title: str | None,
    language: str,
    published: str | None,
) -> TextNode:
    """Make a passage; its id is a hash of the document's path, the span and the text.

    What is embedded is the text under its `context`, the title and heading path.
    """
    end = start + len(text)
    identity = "\0".join((path, str(start), str(end), text))
    metadata = {
        "path": path,
        "sentences": [[span.start, span.end] for span in spans],
        "heading": heading,
        "title": title,
        "language": language,
        "published": published,
        "context": " > ".join(part for part in (title, heading) if part),
    }
    return TextNode(
        id_=hashlib.sha256(identity.encode()).hexdigest()[:32],
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata=metadata,
        metadata_template="{value}",
        text_template="{metadata_str}\n{content}",
        excluded_embed_metadata_keys=[key for key in metadata if key != "context"],
        excluded_llm_metadata_keys=list(metadata),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=path)},
    )
