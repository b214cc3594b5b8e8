"""The frame of the page and the document list as HTML. Everything that comes from a document, a
model or a user passes through `escaped`; nothing is ever read as HTML or Markdown.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import PurePosixPath

from index import DocumentRecord
from qa.page_text import Words

Records = Mapping[str, DocumentRecord]

_NAME = 60  # characters of a source's name

VIEWER = """
<section class="fn-viewer" aria-labelledby="fn-source-name">
  <header class="fn-source-head" hidden>
    <div class="fn-source-names">
      <h2 id="fn-source-name"><bdi></bdi></h2>
      <p class="fn-source-facts"></p>
    </div>
    <div class="fn-source-moves">
      <button type="button" class="fn-previous" hidden>&#8249;</button>
      <span class="fn-position" hidden></span>
      <button type="button" class="fn-next" hidden>&#8250;</button>
      <button type="button" class="fn-close">&#215;</button>
    </div>
  </header>
  <div class="fn-empty"><h2></h2><p></p></div>
  <div class="fn-source" tabindex="0" role="region" aria-labelledby="fn-source-name" hidden></div>
  <p class="fn-unseen fn-said" role="status"></p>
</section>
"""
"""The empty viewer; `page.js` fills it."""


def header(words: Words) -> str:
    """Return the top of the page: its name, and the switches for documents and for light."""
    return (
        '<header class="fn-top"><h1>Footnote</h1>'
        f'<p class="fn-tagline">{words.tagline}</p>'
        f'<button type="button" class="fn-toggle-documents" aria-expanded="false"'
        f' aria-controls="fn-left">{words.documents}</button>'
        f'<button type="button" class="fn-toggle-light" aria-label="{words.theme}"'
        f' title="{words.theme}"><span aria-hidden="true">&#9680;</span></button></header>'
    )


def escaped(text: str) -> str:
    """Return `text` safe between tags and inside quoted attributes.

    U+0000, which HTML cannot hold, becomes U+FFFD.
    """
    return escape(text.replace("\x00", "\ufffd"), quote=True)


def plain_name(text: str) -> str:
    r"""Return a title or path fit for a label: one line, no control or direction characters.

    At most three combining marks follow a letter, and 60 characters stay.

    >>> plain_name("safe\u202etxt.exe\n")
    'safetxt.exe'
    """
    kept: list[str] = []
    marks = 0
    for char in " ".join(text.split()):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= 3 and category not in ("Cc", "Cf", "Cs", "Co"):
            kept.append(char)
    name = "".join(kept)
    return name if len(name) <= _NAME else name[: _NAME - 1].rstrip() + "…"


def source_name(path: str, records: Records, title: str | None = None) -> str:
    """Return the short name of a source: its title, else its file's name without the suffix."""
    record = records.get(path)
    name = plain_name(title or (record.title if record else None) or "")
    return name or plain_name(PurePosixPath(path).stem) or plain_name(path) or "?"


def facts(path: str, records: Records) -> str:
    """Return what is known of a source beside its name: its date and its language."""
    record = records.get(path)
    known = [record.published, record.language.upper()] if record else []
    return " · ".join(plain_name(fact) for fact in known if fact)


def documents(records: Iterable[DocumentRecord], words: Words) -> str:
    """Return the document list: a tick box to search in it, and a button to open it."""
    rows = []
    for record in records:
        known = {record.path: record}
        name = source_name(record.path, known)
        said = facts(record.path, known)
        include = escaped(words.include.format(name=name))
        opening = escaped(words.open_document.format(name=name))
        rows.append(
            f'<li><input type="checkbox" checked class="fn-include" aria-label="{include}"'
            f' data-file="{escaped(record.path)}">'
            f'<button type="button" class="fn-open" data-file="{escaped(record.path)}"'
            f' aria-label="{opening}"><bdi>{escaped(name)}</bdi>'
            f"<small>{escaped(said)}</small></button></li>"
        )
    if not rows:
        return f'<p class="fn-note">{words.documents_none}</p>'
    return (
        f'<label class="fn-all"><input type="checkbox" checked id="fn-all">{words.select_all}'
        f' <small>{len(rows)}</small></label><ul class="fn-documents">{"".join(rows)}</ul>'
    )


def progress(words: Words, done: int, total: int, path: str) -> str:
    """Return the bar shown while documents are brought up to date."""
    value = f' value="{done}" max="{total}"' if total else ""
    return (
        f'<div class="fn-progress" role="status"><label>{words.syncing}'
        f" <small>{done}/{total}</small><progress{value}></progress></label>"
        f"<small><bdi>{escaped(plain_name(path))}</bdi></small></div>"
    )


def notice(
    lines: Sequence[str], *, skipped: Mapping[str, str] | None = None, title: str = ""
) -> str:
    """Return what came of an upload or a sync, and the files that were skipped with reasons."""
    told = "".join(f'<p dir="auto">{escaped(line)}</p>' for line in lines)
    rows = "".join(
        f"<li><b><bdi>{escaped(plain_name(path))}</bdi></b> {escaped(reason)}</li>"
        for path, reason in (skipped or {}).items()
    )
    left = f"<details><summary>{escaped(title)}</summary><ul>{rows}</ul></details>" if rows else ""
    return f'<div class="fn-notice" role="status">{told}{left}</div>' if told or left else ""
