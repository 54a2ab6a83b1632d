"""The command line's fixtures, for the documentation that shows commands."""

from tests.cli.conftest import dunwell, home, installation

__all__ = ["dunwell", "home", "installation"]
