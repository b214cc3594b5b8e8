"""The frame of the page as HTML, and what all of its HTML is made with. Everything that comes from
a document, a model or a user passes through `escaped`; nothing is ever read as HTML or Markdown.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath

from index import DocumentRecord
from qa.answer import Citation
from qa.page.text import Words
from qa.question import language_of

Records = Mapping[str, DocumentRecord]

_NAME = 60  # characters of a source's name

VIEWER = """
<section class="fn-viewer">
  <header class="fn-source-head" hidden>
    <div class="fn-source-names">
      <h2 id="fn-source-name"><bdi></bdi></h2>
      <p class="fn-source-facts"></p>
    </div>
    <div class="fn-source-moves">
      <span class="fn-forms" role="group" hidden>
        <button type="button" class="fn-as-text" aria-pressed="true"></button>
        <button type="button" class="fn-as-page" aria-pressed="false"></button>
      </span>
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
"""The empty viewer; `viewer.js` fills it."""


def header(words: Words) -> str:
    """Return the top of the page: its name, its views, and the switch for light."""
    return (
        '<header class="fn-top"><h1>Footnote</h1>'
        f'<p class="fn-tagline">{words.tagline}</p>'
        f'<button type="button" class="fn-toggle-documents" aria-expanded="false"'
        f' aria-controls="fn-left">{words.documents}</button>'
        f'<nav class="fn-views" aria-label="Footnote">'
        f'<button type="button" class="fn-view-chat" aria-pressed="true">{words.chat}</button>'
        f'<button type="button" class="fn-view-trials" aria-pressed="false">{words.trials}</button>'
        f'</nav><button type="button" class="fn-toggle-light" aria-label="{words.theme}"'
        f' title="{words.theme}"><span aria-hidden="true">&#9680;</span></button></header>'
    )


@dataclass(frozen=True)
class Scene:
    """What HTML is made with: what is known of the documents, and the words around it.

    `hashes` are those of the documents when they were quoted; `language` is the answer's.
    """

    records: Records
    words: Words
    language: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)

    def changed(self, path: str) -> bool:
        """Whether a document is no longer what it was when it was quoted."""
        record = self.records.get(path)
        known = self.hashes.get(path)
        return bool(known) and (record is None or record.sha256 != known)

    def tongue(self, quote: str) -> str:
        """Return the language of a quote in another language than the answer, else ""."""
        spoken = language_of(quote)
        return spoken if self.language and spoken != self.language else ""


def named_language(code: str, words: Words) -> str:
    """Return a language's name in the interface's."""
    return {"en": words.in_en, "ko": words.in_ko}.get(code, code.upper())


def tabs(words: Words) -> str:
    """Return the switch between the documents and the conversations, at the left."""
    return (
        f'<div class="fn-tabs"><button type="button" class="fn-tab-documents" aria-pressed="true">'
        f"{words.documents}</button>"
        f'<button type="button" class="fn-tab-kept" aria-pressed="false">{words.conversations}'
        "</button></div>"
    )


def adding(words: Words) -> str:
    """Return what files are added with; `uploads.js` fills the list of uploads."""
    return (
        '<ul class="fn-uploads"></ul><div class="fn-add">'
        f'<button type="button" class="fn-add-files">{words.add_files}</button>'
        f'<button type="button" class="fn-add-folder">{words.add_folder}</button>'
        f'<input type="file" multiple hidden class="fn-files" aria-label="{words.add_files}">'
        f'<input type="file" webkitdirectory hidden class="fn-folder" aria-label="{words.add_folder}">'
        "</div>"
    )


def kept(words: Words) -> str:
    """Return the frame of the list of conversations; `kept.js` fills it."""
    return (
        f'<label class="fn-find"><span class="fn-unseen">{words.find_conversation}</span>'
        f'<input type="search" class="fn-find-words" placeholder="{words.find_conversation}"></label>'
        '<div class="fn-kept-rows"></div>'
    )


def escaped(text: str) -> str:
    """Return `text` safe between tags and inside quoted attributes.

    U+0000, which HTML cannot hold, becomes U+FFFD.
    """
    return escape(text.replace("\x00", "\ufffd"), quote=True)


def plain_name(text: str, *, longest: int = _NAME) -> str:
    r"""Return a title or path fit for a label: one line, no control or direction characters.

    At most three combining marks follow a letter, and `longest` characters stay.

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
    return name if len(name) <= longest else name[: longest - 1].rstrip() + "…"


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


def quotes(citations: Sequence[Citation], scene: Scene) -> str:
    """Return the attributes that tell the page's script where the quotations stand."""
    first = citations[0]
    rows = []
    for c in citations:
        tongue = scene.tongue(c.quote)
        language = named_language(tongue, scene.words)
        rows.append(
            {
                "file": c.file,
                "start": c.start,
                "end": c.end,
                "quote": c.quote,
                "name": source_name(c.file, scene.records, c.title),
                "facts": facts(c.file, scene.records),
                "tongue": scene.words.quote_in.format(language=language) if tongue else "",
                "changed": scene.changed(c.file),
            }
        )
    return (
        f'data-file="{escaped(first.file)}" data-start="{first.start}" data-end="{first.end}"'
        f' data-quotes="{escaped(json.dumps(rows, ensure_ascii=False))}"'
    )


def progress(words: Words, done: int, total: int, path: str, *, left: float = 0.0) -> str:
    """Return the bar shown while documents are brought up to date; `left` is in seconds."""
    value = f' value="{done}" max="{total}"' if total else ""
    rest = words.left_seconds if left < 90 else words.left_minutes
    told = rest.format(count=round(left if left < 90 else left / 60)) if left >= 1 else ""
    return (
        f'<div class="fn-progress" role="status"><label>{words.syncing}'
        f" <small>{done}/{total}{' · ' + told if told else ''}</small>"
        f"<progress{value}></progress></label>"
        f"<small><bdi>{escaped(plain_name(path))}</bdi></small>"
        f'<button type="button" class="fn-cancel">{words.cancel}</button></div>'
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
