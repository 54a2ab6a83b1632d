"""`make bench` or `python -m benchmarks.run`: the night against the limits of DESIGN section 8.

Takes about a quarter of an hour for the default sizes and rounds; everything happens in a temporary
folder outside the repository (`--folder` keeps it). Rewrites benchmarks/RESULTS.md unless
`--no-write`.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import results
from benchmarks.measure import Bench, Measure, fastest
from dunwell.bootstrap import set_up_logging

INTRODUCTION = """Made by `make bench` (`python -m benchmarks.run`) on {machine}.

The yardstick of DESIGN section 8, the *bare aggregate*, is the sum, the earliest and the latest due
date of the overdue open items of each bill unit (`work_mem` 4 MB, no parallel workers), reading the
table. The limits are held against that, at the largest size. Dunwell's covering index could answer
the same query alone; what that takes stands in the line and the column beside it (decision 0018).
Every night is the wall time that its report gives, from taking the lock to the last slice; what the
vacuum after it and its connections took besides stands at the end of the line. Everything was
measured in {rounds} rounds, one after the other; of each figure, the yardstick's too, the fastest
counts, and the line names all. The worlds are described in `generate.sql`: three open items for
each bill unit, 70 of 100 in arrears."""


def main() -> None:
    """Measure, show, and write the results if asked."""
    set_up_logging()
    asked = _arguments()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="dunwell-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        bench = Bench.start(folder, asked.workers)
        for size in asked.sizes:
            bench.make_world(size)
        measures: list[Measure] = []
        for no in range(1, asked.rounds + 1):
            for each in _round(bench, asked.sizes):
                measures.append(each)
                print(
                    f"{no}. {each.bill_units:>9,}  {each.name} ({each.workers}):"
                    f" {each.seconds:.3f} s",
                    flush=True,
                )
        lines = list(results.lines(fastest(measures)))
        results.show(lines)
        if asked.write:
            machine = results.machine(bench.server.version())
            results.write(lines, INTRODUCTION.format(machine=machine, rounds=asked.rounds))
    finally:
        if asked.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


def _round(bench: Bench, sizes: tuple[int, ...]) -> Iterator[Measure]:
    for size in sizes:
        yield from bench.nights(size)
    yield bench.replay()
    largest = max(sizes)
    yield bench.load(min(largest, 50_000), bills=min(largest * 3, 500_000))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, default=(100_000, 1_000_000))
    parser.add_argument("--bill-units", dest="sizes", type=_numbers)
    parser.add_argument("--workers", type=_numbers, default=(1, 2))
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    parser.add_argument("--folder", type=Path, help="where the server's data stay afterwards")
    parser.add_argument(
        "--write",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="rewrite benchmarks/RESULTS.md",
    )
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(number) for number in text.split(",")))


if __name__ == "__main__":
    main()
