"""The package that DOCX, PPTX and XLSX share: a zip file of XML parts. It is looked at before a
library opens it, because a few kilobytes can unpack to gigabytes and XML can name other files.
"""

import zipfile
from io import BytesIO

from sources.errors import UnreadableFile
from sources.settings import SourcesSettings

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of encrypted and of old office files
_PARTS = 20_000
_HEAD = 4096  # bytes; a document type stands before the first element


def check_package(data: bytes, settings: SourcesSettings) -> BytesIO:
    """Return the file to open, if it is a package that is safe to unpack.

    The sizes in the directory bound what `zipfile` unpacks, so they can be trusted as limits.

    Raises:
        UnreadableFile: it is encrypted, no zip file, unpacks to too much, or declares XML entities.
    """
    if data.startswith(_OLE):
        raise UnreadableFile(
            "this office file needs a password or is of an old format; save a copy without one "
            "as DOCX, PPTX or XLSX"
        )
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            parts = package.infolist()
            total = sum(part.file_size for part in parts)
            if total > settings.max_unpacked_bytes or len(parts) > _PARTS:
                raise UnreadableFile(
                    f"the file unpacks to {total:,} bytes in {len(parts):,} parts, which is more "
                    "than the limit; split it"
                )
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    with package.open(part) as opened:
                        head = opened.read(_HEAD).replace(b"\0", b"")  # UTF-16 reads the same
                    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                        raise UnreadableFile(
                            "the file declares XML entities, as no office program writes them; "
                            "open it and save it again"
                        )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnreadableFile(
            "the office file is broken or not what its name says; open it and save it again"
        ) from error
    return BytesIO(data)
