"""`python -m sources FOLDER`: list what would be indexed, and what is skipped and why."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from sources import FootnoteError, Skipped, UnreadableFile, not_content, read, scan


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, or 2 where the folder cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m sources", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that holds the documents")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        found = scan(options.folder)
    except FootnoteError as error:
        print(_shown(str(error)), file=sys.stderr)
        return 2
    rows: list[dict[str, Any]] = []
    skipped = list(found.skipped)
    for file in found.files:
        try:
            document = read(file)
        except UnreadableFile as error:
            skipped.append(Skipped(file.path, str(error)))
            continue
        boilerplate = sum(span.end - span.start for span in not_content(document))
        fields = {key: document.metadata[key] for key in ("path", "language", "title", "published")}
        total = len(document.text)
        rows.append({**fields, "characters": total, "content_characters": total - boilerplate})
    _print(rows, sorted(skipped, key=lambda s: s.path), as_json=options.json)
    return 0


def _print(rows: list[dict[str, Any]], skipped: list[Skipped], *, as_json: bool) -> None:
    if as_json:
        reasons = [{"path": s.path, "reason": s.reason} for s in skipped]
        print(json.dumps({"documents": rows, "skipped": reasons}, ensure_ascii=False, indent=2))
        return
    for row in rows:
        print(_shown(row["path"]))
        print(f"    {row['language']}  {_shown(row['title'] or '(no title stated)')}")
        counts = f"{row['characters']:,} characters, {row['content_characters']:,} of them content"
        print(f"    published {row['published'] or '(not stated)'}; {counts}")
    for left_out in skipped:
        print(f"skipped {_shown(left_out.path)}: {_shown(left_out.reason)}")
    print(f"{len(rows)} documents, {len(skipped)} skipped")


def _shown(text: str) -> str:
    """Escape what a terminal would obey: control characters and invisible ones."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


if __name__ == "__main__":
    sys.exit(main())
