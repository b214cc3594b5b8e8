"""`python -m index`: bring an index up to date, show what it holds, search it, manage weights."""

import argparse
import json
import sys
import warnings
from dataclasses import asdict
from pathlib import Path

from index import Hit, Index, IndexSettings, Retriever, SyncReport, weights_cli
from index.cluster import spread
from index.progress import SyncBar
from sources import FootnoteError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    sync = commands.add_parser("sync", help="embed what changed, remove what is gone")
    sync.add_argument("folder", type=Path)
    sync.add_argument("--ray", metavar="ADDRESS", help="embed on a Ray cluster; `local` starts one")
    sync.add_argument("--workers", type=int, default=2, metavar="N", help="there (default: 2)")
    status = commands.add_parser("status", help="list the documents of an index")
    status.add_argument("folder", type=Path)
    status.add_argument("--json", action="store_true", help="print one JSON object")
    search = commands.add_parser("search", help="show the passages nearest to some words")
    search.add_argument("folder", type=Path)
    search.add_argument("words", help="a question or some words")
    search.add_argument("--top-k", type=int, default=5, metavar="N", help="passages (default: 5)")
    search.add_argument("--json", action="store_true", help="print one JSON object")
    weights_cli.add_arguments(commands.add_parser("weights", help="fetch, list or verify weights"))
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, or 2 with one sentence about what was wrong."""
    chosen = _parser().parse_args(arguments)
    warnings.filterwarnings("ignore")
    try:
        settings = IndexSettings.from_environment()
        if chosen.command == "weights":
            return weights_cli.run(chosen, home=settings.home, folder=settings.weights, say=print)
        if chosen.command == "sync" and chosen.ray:
            with (
                spread(settings, address=chosen.ray, workers=max(1, chosen.workers)) as embedding,
                Index.open(chosen.folder, settings, embedding=embedding) as index,
            ):
                _sync(index)
            return 0
        with Index.open(chosen.folder, settings) as index:
            if chosen.command == "sync":
                _sync(index)
            elif chosen.command == "status":
                _status(index, as_json=chosen.json)
            else:
                hits = Retriever(index).search(chosen.words, top_k=max(1, chosen.top_k))
                _show_hits(hits, as_json=chosen.json)
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; the next sync goes on from here.", file=sys.stderr)
        return 130
    return 0


def _sync(index: Index) -> None:
    with SyncBar() as bar:
        report = index.sync(bar)
    for told in report.mended:
        print(told)
    print(_summary(report))
    for skipped in report.skipped:
        print(f"  skipped {skipped.path!r}: {skipped.reason}")


def _summary(report: SyncReport) -> str:
    return (
        f"{report.added} added, {report.changed} changed, {report.removed} removed,"
        f" {report.unchanged} unchanged, {len(report.skipped)} skipped;"
        f" {report.passages} passages, {report.embedded} embedded, {report.seconds:.1f} s"
    )


def _status(index: Index, *, as_json: bool) -> None:
    status, documents = index.status(), index.documents()
    if as_json:
        every = [asdict(document) for document in documents]
        print(json.dumps({**asdict(status), "documents": every}, ensure_ascii=False, indent=2))
        return
    print(f"{status.documents} documents, {status.passages} passages, model {status.embedding}")
    print(f"kept in {status.location}")
    for document in documents:
        print(f"  {document.path!r} [{document.language}] {document.passages} passages")
        for path in document.also_at:
            print(f"    also at {path!r}")
    for skipped in status.skipped:
        print(f"  skipped {skipped.path!r}: {skipped.reason}")


def _show_hits(hits: list[Hit], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"hits": [asdict(hit) for hit in hits]}, ensure_ascii=False, indent=2))
        return
    for number, hit in enumerate(hits, 1):
        place = f"{hit.path}[{hit.start}:{hit.end}]"
        print(
            f"{number}. {hit.score:.3f} {place} dense {hit.dense_rank} lexical {hit.lexical_rank}"
        )
        print(f"   {' '.join(hit.text.split())[:300]}")


if __name__ == "__main__":
    sys.exit(main())
