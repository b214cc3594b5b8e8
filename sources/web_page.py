"""HTML: trafilatura, which this module is the door of, finds the main text in the page's tree; it
is written out block by block as the canonical text. Title, date and publisher are taken only from
where the page states them. Nothing is fetched.
"""

import copy
import json
import logging
import re
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]  # it has no types
from lxml import html as lxml_html
from trafilatura import bare_extraction

from sources.decoding import decode
from sources.errors import UnreadableFile
from sources.extract import Builder, Extract
from sources.settings import SourcesSettings
from sources.stated_date import date_in
from sources.structure import Facts

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it reports is handled here

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_PUBLISHED = (
    "article:published_time", "datepublished", "date.issued", "dc.date.issued", "dcterms.issued",
    "dcterms.created", "citation_publication_date", "pubdate", "publishdate", "date",
)  # fmt: skip
_PUBLISHER = ("og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:opacity|font-size)\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$)",
    re.IGNORECASE,
)
_FEW = 250  # characters of main text; trafilatura's guess about less is often wrong
_SMALL = 2000  # characters of a page; a page with more has furniture that must go
_AROUND = ("script", "style", "noscript", "template", "head", "nav", "footer", "form", "button")
_BLOCKS = (
    "p", "div", "section", "article", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "pre", "dd", "dt", "figcaption",
)  # fmt: skip


def load(data: bytes, settings: SourcesSettings) -> Extract:
    """Read an HTML page: its main text, or all its text where no main text can be told.

    Raises:
        UnreadableFile: the page is too large or holds no markup that can be read.
    """
    if len(data) > settings.max_page_bytes:
        limit = f"{settings.max_page_bytes:,}"
        raise UnreadableFile(f"the page is larger than the limit of {limit} bytes; split it")
    page = _DECLARATION.sub("", _decoded(data)).strip()
    if not page:
        raise UnreadableFile("there is no text in this page; remove it")
    tree = lxml_html.document_fromstring(page, parser=_parser())
    facts = _facts(tree)
    _drop_hidden(tree)
    builder = Builder(settings)
    found = bare_extraction(
        copy.deepcopy(tree),
        favor_recall=True,
        with_metadata=False,
        include_comments=False,
        deduplicate=False,
    )
    body = getattr(found, "body", None)
    main = _text_of(body)
    if body is None or (len(main) < _FEW and len(_text_of(tree)) < _SMALL):
        _write_everything(builder, tree)
        return builder.extract(facts)
    first = _text_of(tree.find(".//h1"))
    if first and first not in main:
        builder.block(first, level=1)
    _write(builder, body)
    return builder.extract(facts)


def _parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)


def _drop_hidden(tree: lxml_html.HtmlElement) -> None:
    """Remove what a browser does not show: nobody can check a quotation of it."""
    hidden = [e for e in tree.iter() if isinstance(e.tag, str) and _is_hidden(e)]
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()


def _is_hidden(element: lxml_html.HtmlElement) -> bool:
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style") or ""))


def _decoded(data: bytes) -> str:
    match = _CHARSET.search(data[:4096])
    codec = match[1].decode("ascii").lower() if match else ""
    codec = "cp949" if codec in ("euc-kr", "ks_c_5601-1987") else codec  # as browsers read it
    if codec and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode(codec)
        except (LookupError, UnicodeDecodeError):
            return decode(data)
        return text if "\0" not in text else decode(data)
    return decode(data)


def _facts(tree: lxml_html.HtmlElement) -> Facts:
    stated: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if content := (meta.get("content") or "").strip():
            stated.setdefault(name.lower(), content)
    title = (
        stated.get("og:title") or _text_of(tree.find(".//title")) or _text_of(tree.find(".//h1"))
    )
    dates = [stated.get(name) for name in _PUBLISHED]
    dates += [*_linked_dates(tree), *_time_tags(tree)]
    published = next((iso for date in dates if date and (iso := date_in(date))), None)
    origin = next((stated[name] for name in _PUBLISHER if name in stated), None)
    return Facts(title or None, published, origin)


def _linked_dates(tree: lxml_html.HtmlElement) -> Iterator[str]:
    """Yield `datePublished` of the page's JSON-LD."""
    for script in tree.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        try:
            waiting = [json.loads(script.text or "null")]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                if isinstance(value.get("datePublished"), str):
                    yield value["datePublished"]
                waiting += [value["@graph"]] if "@graph" in value else []


def _time_tags(tree: lxml_html.HtmlElement) -> Iterator[str]:
    for time in tree.iter("time"):
        if "pubdate" in time.attrib or (time.get("itemprop") or "").lower() == "datepublished":
            yield time.get("datetime") or _text_of(time)


def _write(builder: Builder, body: etree._Element) -> None:
    """Write trafilatura's tree: headings, paragraphs, list items, table rows."""
    for element in body:
        tag = element.tag
        if tag == "head":
            level = re.fullmatch("h([1-6])", element.get("rend") or "")
            builder.block(_text_of(element), level=int(level[1]) if level else 2)
        elif tag == "list":
            _write_list(builder, element)
        elif tag == "table":
            for at, row in enumerate(element.iter("row")):
                cells = [_text_of(cell) for cell in row.iter("cell")]
                builder.block(" | ".join(cells), gap="\n" if at else "\n\n")
        elif len(element) and element.find(".//p") is not None:
            _write(builder, element)
        else:
            builder.block(_text_of(element))
        if element.tail and element.tail.strip():
            builder.block(" ".join(element.tail.split()))


def _write_list(builder: Builder, element: etree._Element) -> None:
    gap = "\n\n"
    for item in element.iter("item"):
        own = " ".join(" ".join(_own_text(item)).split())
        if own:
            builder.block("- " + own, gap=gap)
            gap = "\n"


def _own_text(item: etree._Element) -> Iterator[str]:
    """Yield the text of a list item without that of the lists inside it."""
    yield item.text or ""
    for child in item:
        if child.tag != "list":
            yield from _own_text(child) if len(child) else [child.text or ""]
        yield child.tail or ""


def _text_of(element: etree._Element | None) -> str:
    if element is None:
        return ""
    parts = (part for part in element.itertext() if isinstance(part, str))
    return " ".join("".join(parts).split())


def _write_everything(builder: Builder, tree: lxml_html.HtmlElement) -> None:
    """Write the whole body, one block per block element; boilerplate rules sort it out."""
    etree.strip_elements(tree, *_AROUND, with_tail=False)
    for element in tree.iter(*_BLOCKS):
        element.tail = "\n" + (element.tail or "")
        element.text = "\n" + (element.text or "")
    for element in tree.iter("br"):
        element.tail = "\n" + (element.tail or "")
    for line in "".join(tree.itertext()).splitlines():
        builder.block(" ".join(line.split()))
