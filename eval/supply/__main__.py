"""`python -m eval.supply`: lock, check and list every package that Footnote installs."""

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm  # type: ignore[import-untyped]

from eval.supply.licences import of
from eval.supply.pins import read, write
from eval.supply.sbom import bill
from sources import FootnoteError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, 1 where a check failed, or 2 after one sentence of what was wrong."""
    made = argparse.ArgumentParser(prog="python -m eval.supply", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True)
    commands.add_parser("lock", help="write the hashes of all files into requirements.lock")
    commands.add_parser(
        "licences", help="list the licence of each package; 1 where one does not fit"
    )
    sbom = commands.add_parser("sbom", help="write the bill of materials (CycloneDX JSON)")
    sbom.add_argument("--out", type=Path, default=Path("sbom.json"))
    chosen = made.parse_args(arguments)
    try:
        return {"lock": _lock, "licences": _licences, "sbom": _sbom}[chosen.command](chosen)
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 2


def _lock(chosen: argparse.Namespace) -> int:
    from eval.supply.release import index  # reaches the index, as nothing else here does

    with index() as hashed:
        bar = tqdm(read(), desc="hashes", dynamic_ncols=True, file=sys.stderr)
        found = [hashed(pin) for pin in bar]
    write(found)
    print(f"{len(found)} packages, {sum(len(pin.hashes) for pin in found)} files")
    return 0


def _licences(chosen: argparse.Namespace) -> int:
    found = of(read())
    for one in found:
        why = f"  ({one.reason})" if one.reason else ""
        print(f"{'ok ' if one.fits else 'NO '} {one.name}=={one.version}  {one.licence}{why}")
    wrong = [one for one in found if not one.fits]
    print(f"{len(found)} packages, {len(wrong)} whose licence does not fit")
    return 1 if wrong else 0


def _sbom(chosen: argparse.Namespace) -> int:
    held = bill(read())
    text = json.dumps(held, ensure_ascii=False, indent=1) + "\n"
    chosen.out.write_text(text, encoding="utf-8")
    print(f"{chosen.out}: {len(held['components'])} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
