"""What a connector is: it fetches rows or files from another system, and the engine loads them.

The hook `connectors` (`specs`) answers with those that the settings ask for. A connector knows
nothing of our tables: what it fetches has the columns of load files (docs/reference/load-files.md).
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind of load file, all with the same names."""

    kind: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one load; `message` says why nothing of it was applied."""

    applied: bool
    rejected: int = 0
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Something to load; what it came from is told of it afterwards."""

    loads: Sequence[Rows | Path] = ()
    """One transaction each, in this order."""
    cursor: Any = None
    """A JSON value that is kept once all is loaded; the next `fetch` gets it."""
    keep_good: bool = True
    """Apply the good rows of a load that has bad ones."""
    rejects: Path | None = None
    """Where bad rows are listed; else in the home folder."""
    finished: Callable[[Sequence[Outcome]], None] | None = None
    """Called when all is loaded and committed. It may be called again after a crash."""


@runtime_checkable
class Connector(Protocol):
    """Another system from which receivables come."""

    name: str
    every: dt.timedelta
    """How often the worker fetches."""

    def fetch(self, cursor: Any) -> Iterator[Found]:
        """What is new since the cursor; none: everything. Raises DunwellError."""
        ...


@runtime_checkable
class Listener(Connector, Protocol):
    """A connector that is called, too."""

    def hear(self, payload: bytes, signature: str) -> Iterator[Found]:
        """What a webhook tells. Raises Forbidden for a signature that is wrong or too old."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """What the settings ask for; holds secrets, so it has no representation."""

    entries: Mapping[str, Mapping[str, Any]]
    """By the connector's name: its `type` and whatever that needs."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    networks: Sequence[Any] = ()
    """Networks that may be called though they aren't public."""
    stripe: Mapping[str, str | None] = field(default_factory=dict)
    """`key`, `webhook_secret` and `address` of the gateway of that name."""
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """The default brand's."""

    def of_type(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The entries of a type, without it."""
        for entry, given in self.entries.items():
            if given.get("type") == name:
                yield entry, {key: value for key, value in given.items() if key != "type"}
