"""The benchmark's figures against the limits of DESIGN section 8: on screen and in RESULTS.md."""

import datetime as dt
import os
import platform
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import measure
from benchmarks.measure import Measure

RESULTS = Path(__file__).with_name("RESULTS.md")

LIMITS = {
    (measure.QUIET_FULL, 1): 3.0,
    (measure.QUIET_FULL, 2): 1.6,
    (measure.QUIET, 1): 0.75,
    (measure.QUIET, 2): 0.5,
    (measure.NORMAL, 1): 8.0,
    (measure.FIRST, 1): 30.0,
    (measure.FIRST, 2): 20.0,
}
"""At most so many times the bare aggregate, by night and number of workers."""

REPLAY_LIMIT = 0.050
LOAD_LIMIT = 50_000
MEMORY_LIMIT = 300
GROWTH_LIMIT = 11.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the results."""

    name: str
    bill_units: str
    workers: str
    figure: str
    multiple: str
    multiple_by_index: str
    limit: str
    held: bool | None
    note: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """As texts, the verdict included."""
        verdict = "" if self.held is None else "✔" if self.held else "✘"
        return (
            *(self.name, self.bill_units, self.workers, self.figure),
            *(self.multiple, self.multiple_by_index, self.limit, verdict, self.note),
        )


HEADINGS = (
    *("", "bill units", "workers", "time"),
    *("× bare aggregate", "× from the index", "at most", "", ""),
)


def lines(measures: Sequence[Measure]) -> Iterator[Line]:
    """Every measure with its limit, the growth between the sizes, and the memory.

    The limits are for the largest size, and for the bare aggregate that reads the table.
    """
    bare, by_index = (
        {each.bill_units: each.seconds for each in measures if each.name == name}
        for name in (measure.BARE, measure.BARE_BY_INDEX)
    )
    largest = max(bare)
    for each in measures:
        yield _line(each, bare, by_index, judged=each.bill_units == largest)
    yield from _growth(measures)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _RSS_UNITS
    yield Line(
        "peak memory of the Python process",
        *("", "", f"{megabytes:.0f} MB", "", "", f"{MEMORY_LIMIT} MB"),
        held=megabytes <= MEMORY_LIMIT,
    )


_RSS_UNITS = 1024 * 1024 if sys.platform == "darwin" else 1024


def _line(
    each: Measure, bare: dict[int, float], by_index: dict[int, float], *, judged: bool
) -> Line:
    multiple, multiple_by_index, limit, held = "", "", "", None
    figure = f"{each.seconds:.2f} s"
    if each.name == measure.REPLAY:
        figure, limit = f"{each.seconds * 1000:.0f} ms", f"{REPLAY_LIMIT * 1000:.0f} ms"
        held = each.seconds <= REPLAY_LIMIT
    elif each.name == measure.LOAD:
        limit = f"{LOAD_LIMIT:,}/s"
        held = each.rate >= LOAD_LIMIT
    elif each.bill_units in bare:
        times = each.seconds / bare[each.bill_units]
        multiple = f"{times:.2f}"
        multiple_by_index = f"{each.seconds / by_index[each.bill_units]:.2f}"
        most = LIMITS.get((each.name, each.workers))
        if judged and most is not None:
            limit, held = f"{most:g}", times <= most
    return Line(
        each.name,
        f"{each.bill_units:,}",
        str(each.workers),
        figure,
        multiple,
        multiple_by_index,
        limit,
        held,
        each.note,
    )


def _growth(measures: Sequence[Measure]) -> Iterator[Line]:
    """How the time grew from the smallest size to the largest, for each night."""
    nights = [each for each in measures if each.name in {name for name, _ in LIMITS}]
    sizes = sorted({each.bill_units for each in nights})
    if len(sizes) < 2:  # noqa: PLR2004 - two make a comparison
        return
    small, large = sizes[0], sizes[-1]
    most = GROWTH_LIMIT * large / small / 10
    seconds = {(each.name, each.workers, each.bill_units): each.seconds for each in nights}
    for name, workers, size in seconds:
        if size == small:
            grown = seconds[name, workers, large] / seconds[name, workers, small]
            yield Line(
                f"growth: {name}",
                *(f"{small:,} → {large:,}", str(workers), f"{grown:.1f} times", "", ""),
                f"{most:.0f} times",
                held=grown <= most,
            )


def machine(postgresql: str) -> str:
    """What it ran on, in one line."""
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory()}; {platform.system()}"
        f" {platform.release()}; Python {platform.python_version()}, embedded PostgreSQL"
        f" {postgresql} with default settings, psycopg {version('psycopg')},"
        f" Dunwell {version('dunwell')}; {dt.datetime.now(tz=dt.UTC):%Y-%m-%d}"
    )


def _processor() -> str:
    try:
        information = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2] for line in information.splitlines() if "model name" in line]
    return names[0].strip() if names else platform.machine()


def _memory() -> str:
    pages: int = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 2**30:.0f} GB"


def show(found: Sequence[Line]) -> None:
    """The results as a table on the terminal."""
    table = Table(*HEADINGS, title="The night")
    for line in found:
        table.add_row(*line.cells)
    Console(width=160).print(table)


def write(found: Sequence[Line], introduction: str) -> None:
    """The results as benchmarks/RESULTS.md."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(line.cells for line in found)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    RESULTS.write_text(f"# Results\n\n{introduction}\n\n{table}\n", encoding="utf-8")
