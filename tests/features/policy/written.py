"""A small policy file in which nothing is wrong, and what is said about one."""

from pathlib import Path

from dunwell.features.policy import file

GOOD = """\
[[profiles]]
name = "Standard"
currency = "USD"
default = true

[[actions]]
name = "Call"
type = "manual"

[[scenarios]]
name = "Usual"
profile = "Standard"
entry_amount = 100.00
entry_days = 30
exit_amount = 25.00
steps = [
    { day = 10, action = "Call" },
    { day = 120, action = "Write off balance" },
    { day = 180, action = "Inactivate bill unit" },
]
"""


def errors(tmp_path: Path, text: str) -> list[str]:
    """What is wrong with the text, without the folder's name."""
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return [error.removeprefix(f"{tmp_path}/") for error in file.examine(path).errors]


def warnings(tmp_path: Path, text: str) -> list[str]:
    """What surely isn't meant, likewise."""
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return [warning.removeprefix(f"{tmp_path}/") for warning in file.examine(path).warnings]
