"""A delivery in a process of its own that ends, without any warning, at the point that it is told.

`python deliver_and_die.py ADDRESS FOLDER PORT POINT`: the point is the name of a statement or of
a function before which, or with a `+` after which, the process is gone.
"""

import datetime as dt
import os
import signal
import sys
from pathlib import Path
from typing import Any

from dunwell.db.database import Database
from dunwell.db.statements import Statement
from dunwell.engine import delivery
from dunwell.plugins.loader import plugin_manager
from dunwell.settings import Smtp


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(point: str) -> None:
    name = point.rstrip("+")
    if name == "rename":
        original_rename = Path.rename

        def rename(self: Path, target: Path) -> Path:
            if not point.endswith("+"):
                _die()
            found = original_rename(self, target)
            _die()
            return found

        vars_of_path: Any = Path
        vars_of_path.rename = rename
        return
    original = Statement.run

    def run(self: Statement, *given: Any, **options: Any) -> Any:
        if self.name == name and not point.endswith("+"):
            _die()
        found = original(self, *given, **options)
        if self.name == name:
            _die()
        return found

    Statement.run = run  # type: ignore[method-assign]


if __name__ == "__main__":
    address, folder, port, when = sys.argv[1:]
    _arm(when)
    delivery.deliver(
        Database(address),
        plugin_manager(),
        delivery.Delivery(
            date=dt.date(2026, 3, 12),
            folder=Path(folder),
            smtp=Smtp(host="127.0.0.1", port=int(port), security="none", timeout=5),
        ),
    )
