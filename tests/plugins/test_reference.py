"""docs/reference/hooks.md, and the plug-in that docs/how-to/write-a-plug-in.md shows."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from dunwell.db.database import Database
from dunwell.plugins import reference
from dunwell.plugins.loader import plugin_manager
from tests.world import World

DOCS = Path(__file__).parents[2] / "docs"

POLICY = """
[[profiles]]
name = "everybody"
currency = "USD"
default = true

[[actions]]
name = "Score check"
type = "custom"

[[actions]]
name = "Late fee"
type = "late_fee"
currency = "USD"
amount = 5

[[scenarios]]
name = "short"
profile = "everybody"
entry_amount = 50
entry_days = 10
exit_amount = 5
steps = [{ day = 1, action = "Score check" }, { day = 1, action = "Late fee" }]
"""


def test_the_page_is_current():
    assert (DOCS / "reference/hooks.md").read_text("utf-8") == reference.render(), "run `make docs`"


def test_every_hook_says_what_its_rows_are_and_what_happens_without_it():
    assert len(reference.hooks()) == 18
    for name, hook in reference.hooks():
        assert "Rows:" in (hook.__doc__ or ""), name
        assert "Default:" in (hook.__doc__ or ""), name


@pytest.fixture
def example() -> ModuleType:
    """The first Python block of the how-to, as a module."""
    page = (DOCS / "how-to/write-a-plug-in.md").read_text("utf-8")
    module = ModuleType("our_rules")
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0], vars(module))  # noqa: S102 - ours
    return module


def test_the_plug_in_of_the_how_to_does_what_it_says(
    database: Database, tmp_path: Path, example: ModuleType
):
    plugins = plugin_manager()
    plugins.register(example, "our_rules")
    plugins.check_pending()
    world = World(database, tmp_path, plugins)
    world.policy(POLICY)
    world.customer("B1", **{"attr.loyal_since": "2015"})
    world.customer("B2")
    world.bill("60.00", "2026-01-01", "B1")
    world.bill("60.00", "2026-01-01", "B2")
    world.night("2026-01-11")
    report = world.night("2026-01-12")
    assert report.actions["custom"] == {"completed": 1, "error": 1}
    assert report.overdue == {"USD": 120}
    fees = {
        number: [
            event["data"]["actions"][-1].get("amount")
            for event in world.newest_case(number)["events"]
            if event["kind"] == "actions_performed"
        ]
        for number in ("B1", "B2")
    }
    assert fees == {"B1": ["2.50"], "B2": ["5.00"]}
