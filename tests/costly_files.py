"""Files made to hang, blow up or crash whoever parses them, by name; each is small."""

import io
import zipfile
import zlib
from collections.abc import Callable

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def pdf(*objects: bytes, root: int = 1) -> bytes:
    """Return a PDF of numbered objects, the first of which is number 1."""
    held = io.BytesIO()
    held.write(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(held.tell())
        held.write(b"%d 0 obj\n" % number + content + b"\nendobj\n")
    start = held.tell()
    held.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    held.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    held.write(b"trailer\n<< /Size %d /Root %d 0 R >>\n" % (len(objects) + 1, root))
    held.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return held.getvalue()


def stream(content: bytes, more: bytes = b"") -> bytes:
    """Return a compressed stream object."""
    packed = zlib.compress(content, 9)
    head = b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n" % (len(packed), more)
    return head + packed + b"\nendstream"


def _page(content: int, more: bytes = b"") -> bytes:
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
        b" %s >> >>" % (content, more)
    )


_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_ONE_PAGE = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_WORDS = b"BT /F1 12 Tf 72 700 Td (The robot crossed the river on a Monday.) Tj ET\n"


def pdf_of_many_objects(count: int = 100_000) -> bytes:
    """Return a PDF of one page and so many objects that nothing needs."""
    extra = [b"<< /A [1 2 3] /B (x) >>"] * count
    return pdf(_CATALOG, _ONE_PAGE, _page(4), stream(_WORDS), *extra)


def pdf_bomb() -> bytes:
    """Return a PDF whose page is drawn by 700 MB of commands, packed twice over."""
    return pdf(_CATALOG, _ONE_PAGE, _page(4), stream(_WORDS + b" " * 700_000_000))


def pdf_of_endless_drawing() -> bytes:
    """Return a PDF whose one page takes minutes: forms that draw forms that draw forms."""
    forms = []
    for level in range(8):
        number = 5 + level
        inner = b"/F%d Do\n" % level * 10 if level < 7 else _WORDS * 10
        resources = (
            b"/Resources << /XObject << /F%d %d 0 R >> /Font << /F1 << /Type /Font"
            b" /Subtype /Type1 /BaseFont /Helvetica >> >> >>" % (level, number + 1)
        )
        more = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] " + resources
        forms.append(stream(inner, more))
    page = _page(4, b"/XObject << /F0 5 0 R >>")
    return pdf(_CATALOG, _ONE_PAGE, page, stream(b"/F0 Do\n" * 10), *forms)


def pdf_of_circles() -> bytes:
    """Return a PDF whose pages are their own children and whose page inherits from itself."""
    pages = b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 /Parent 2 0 R >>"
    return pdf(_CATALOG, pages, _page(4), b"<< /Length 4 0 R >>\nstream\nx\nendstream")


def pdf_with_scripts() -> bytes:
    """Return a PDF that would run a script and start a program when it is opened."""
    catalog = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while (1) {}) >>"
        b" /AA << /WC << /S /Launch /F (calc.exe) >> >> >>"
    )
    return pdf(catalog, _ONE_PAGE, _page(4), stream(_WORDS))


def pdf_deep() -> bytes:
    """Return a PDF whose catalogue nests ten thousand arrays."""
    catalog = b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 10_000 + b"]" * 10_000 + b" >>"
    return pdf(catalog, _ONE_PAGE, _page(4), stream(_WORDS))


def office(parts: dict[str, bytes]) -> bytes:
    """Return a zip file of parts, packed."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return held.getvalue()


def word(body: bytes) -> bytes:
    """Return a DOCX with this body."""
    document = b'<?xml version="1.0"?><w:document xmlns:w="%s"><w:body>' % _WORD.encode()
    parts = {"[Content_Types].xml": _TYPES.encode(), "_rels/.rels": _RELATIONS.encode()}
    return office({**parts, "word/document.xml": document + body + b"</w:body></w:document>"})


def word_bomb() -> bytes:
    """Return a DOCX of 250 MB of paragraphs, which as a tree take gigabytes."""
    return word(b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 7_000_000)


def word_deep() -> bytes:
    """Return a DOCX whose elements nest a hundred thousand deep."""
    return word(b"<w:p>" * 100_000 + b"</w:p>" * 100_000)


def word_entities() -> bytes:
    """Return a DOCX that declares entities which unfold to gigabytes."""
    lines = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(10))
    xml = b'<!DOCTYPE a [<!ENTITY l0 "lol">' + lines + b"]><a>&l10;</a>"
    return office({"[Content_Types].xml": _TYPES.encode(), "word/document.xml": xml})


def sheet_of_far_cells() -> bytes:
    """Return an XLSX whose only row claims cells to the last column, a million times."""
    from openpyxl import Workbook

    held = io.BytesIO()
    book = Workbook()
    book.active["A1"] = "The robot counted boats."
    book.save(held)
    parts = {}
    with zipfile.ZipFile(held) as package:
        for name in package.namelist():
            parts[name] = package.read(name)
    row = b'<row r="%d"><c r="XFD%d" t="inlineStr"><is><t>x</t></is></c></row>'
    rows = b"".join(row % (n, n) for n in range(2, 200_000))
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", rows + b"</sheetData>")
    return office(parts)


def page_deep() -> bytes:
    """Return an HTML page whose elements nest two hundred thousand deep."""
    return (
        b"<html><body>" + b"<div>" * 200_000 + b"The robot crossed the river." + b"</div>" * 200_000
    )


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a PDF of 100,000 objects": (".pdf", pdf_of_many_objects),
    "a PDF that unpacks to 700 MB": (".pdf", pdf_bomb),
    "a PDF that draws without end": (".pdf", pdf_of_endless_drawing),
    "a PDF of circles": (".pdf", pdf_of_circles),
    "a PDF with scripts": (".pdf", pdf_with_scripts),
    "a PDF nested deep": (".pdf", pdf_deep),
    "a DOCX of seven million paragraphs": (".docx", word_bomb),
    "a DOCX nested deep": (".docx", word_deep),
    "a DOCX of entities": (".docx", word_entities),
    "an XLSX of far cells": (".xlsx", sheet_of_far_cells),
    "an HTML page nested deep": (".html", page_deep),
}
