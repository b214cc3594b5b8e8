"""`python -m tests.torture`: kill, starve and flood the program, and count what was lost."""

import argparse
import random
import sys
from pathlib import Path

from tqdm import tqdm

from tests.torture.part import Size
from tests.torture.room import Result, accept, parts, table, torture, write


def main(arguments: list[str] | None = None) -> int:
    """Run the parts; return 0, or 1 where something was lost."""
    every = parts()
    made = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    made.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(every)}; else all")
    made.add_argument("--short", action="store_true", help="the short run that `make test` has")
    made.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    made.add_argument("--out", type=Path, default=Path("torture.json"), help="where rows go")
    made.add_argument("--accept", action="store_true", help="keep the rows for the README")
    chosen = made.parse_args(arguments)
    if unknown := set(chosen.parts) - set(every):
        made.error(f"there is no part {min(unknown)!r}; choose from {', '.join(every)}")
    size: Size = "short" if chosen.short else "full"
    results: list[Result] = []
    for name, part in every.items():
        if not chosen.parts or name in chosen.parts:
            with tqdm(desc=name, total=part.steps(size), dynamic_ncols=True) as bar:
                for result in torture(name, part, size, chosen.seed, bar.update):
                    results.append(result)
                    write(results, chosen.out, size=size, seed=chosen.seed)
    _show(results, chosen.seed)
    if chosen.accept:
        accept(results)
    return 1 if any(result.row.lost for result in results) else 0


def _show(results: list[Result], seed: int) -> None:
    rows = [("what was tried", "times", "lost", "seconds", "measured")]
    for result in results:
        row = result.row
        figures = ", ".join(f"{name} {value:g}" for name, value in row.figures.items())
        what = f"{result.part}: {row.what}"
        rows.append((what, f"{row.times:,}", str(row.lost), f"{result.seconds:.0f}", figures))
    print(table(rows))
    for result in results:
        for loss in result.row.losses:
            print(f"LOST: {result.part}: {result.row.what}: {loss}")
    print(f"seed {seed}")


if __name__ == "__main__":
    sys.exit(main())
