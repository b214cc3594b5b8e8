"""The document list as HTML: what is searched, what is known of each document, and how to filter."""

from collections.abc import Iterable

from index import DocumentRecord, IndexStatus
from qa.page.html import escaped, facts, named_language, plain_name, source_name
from qa.page.text import Words


def documents(
    records: Iterable[DocumentRecord],
    words: Words,
    *,
    status: IndexStatus | None = None,
    removable: bool = False,
) -> str:
    """Return the list: for each document a tick box to search in it, and a button to open it.

    Args:
        records: the documents.
        words: the interface's.
        status: what is told above the list; nothing where `None`.
        removable: whether each document has a button to remove it.
    """
    listed = list(records)
    if not listed:
        return f'<p class="fn-note">{words.documents_none}</p>{_status(listed, status, words)}'
    rows = "".join(_row(record, words, removable=removable) for record in listed)
    return (
        f"{_status(listed, status, words)}{_filter(listed, words)}"
        f'<label class="fn-all"><input type="checkbox" checked id="fn-all">{words.select_all}'
        f' <small>{len(listed)}</small></label><ul class="fn-documents">{rows}</ul>'
    )


def _row(record: DocumentRecord, words: Words, *, removable: bool) -> str:
    known = {record.path: record}
    name = source_name(record.path, known)
    include = escaped(words.include.format(name=name))
    said = facts(record.path, known)
    opening = escaped(f"{words.open_document.format(name=name)} {said}".strip())
    path = escaped(record.path)
    data = (
        f'data-language="{escaped(record.language)}" data-published="{escaped(record.published or "")}"'
        f' data-words="{escaped(f"{name} {record.path}".casefold())}"'
    )
    removing = escaped(words.remove.format(name=name))
    remove = (
        f'<button type="button" class="fn-remove" data-file="{path}" aria-label="{removing}"'
        f' title="{removing}">&#215;</button>'
        if removable
        else ""
    )
    return (
        f'<li {data}><input type="checkbox" checked class="fn-include" aria-label="{include}"'
        f' data-file="{path}">'
        f'<button type="button" class="fn-open" data-file="{path}" title="{_detail(record, words)}"'
        f' aria-label="{opening}"><bdi>{escaped(name)}</bdi> '
        f"<small>{escaped(said)}</small></button>{remove}</li>"
    )


def _detail(record: DocumentRecord, words: Words) -> str:
    told = [
        plain_name(record.path),
        words.row_passages.format(count=record.passages),
        words.row_indexed.format(date=record.indexed_at[:10]),
    ]
    same = [words.same_as.format(name=plain_name(path)) for path in record.also_at]
    return escaped(" · ".join(told + same))


def _status(records: list[DocumentRecord], status: IndexStatus | None, words: Words) -> str:
    """Return one line on the index, which opens on what was skipped and what is there twice."""
    if status is None:
        return ""
    one = words.status_one if status.documents == 1 else words.status_many
    told = [one.format(documents=status.documents, passages=status.passages)]
    same = [(r, path) for r in records for path in r.also_at]
    if status.skipped:
        told.append(words.status_skipped.format(count=len(status.skipped)))
    if same:
        told.append(words.status_same.format(count=len(same)))
    line = escaped(" · ".join(told))
    rows = "".join(
        f"<li><b><bdi>{escaped(plain_name(s.path))}</bdi></b> {escaped(s.reason)}</li>"
        for s in status.skipped
    ) + "".join(
        f"<li><b><bdi>{escaped(plain_name(path))}</bdi></b>"
        f" {escaped(words.same_as.format(name=plain_name(r.path)))}</li>"
        for r, path in same
    )
    if not rows:
        return f'<p class="fn-status">{line}</p>'
    return f'<details class="fn-status"><summary>{line}</summary><ul>{rows}</ul></details>'


def _filter(records: list[DocumentRecord], words: Words) -> str:
    codes = sorted({record.language for record in records})
    options = "".join(
        f'<option value="{escaped(code)}">{escaped(named_language(code, words))}</option>'
        for code in codes
    )
    return (
        f'<details class="fn-filter"><summary>{words.filter}</summary>'
        f'<label>{words.filter_words}<input type="search" class="fn-filter-words"></label>'
        f'<label>{words.filter_language}<select class="fn-filter-language">'
        f'<option value="">{words.filter_any}</option>{options}</select></label>'
        f'<div class="fn-dates"><label>{words.filter_from}<input type="date" class="fn-filter-from">'
        f'</label><label>{words.filter_to}<input type="date" class="fn-filter-to"></label></div>'
        f'</details><p class="fn-filtered" role="status"></p>'
    )
