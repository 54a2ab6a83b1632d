"""The command line: one file per noun, thin over the same services as every surface.

`app.py` puts the nouns together and maps errors to exit codes; `options.py` has the options that
several commands share, `output.py` decides how amounts, tables and JSON look.
"""

from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command that the arguments (default: the process's) name, and exit."""
    from dunwell.cli.app import execute

    execute(arguments)
