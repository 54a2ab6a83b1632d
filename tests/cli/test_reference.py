"""docs/reference/cli.md."""

from pathlib import Path

from dunwell.cli import reference

PAGE = Path(__file__).parents[2] / "docs/reference/cli.md"


def test_the_page_is_current():
    assert PAGE.read_text("utf-8") == reference.render(), "run `make docs`"


def test_every_option_is_explained():
    for line in reference.render().splitlines():
        if line.startswith("- `"):
            assert line.partition("`: ")[2].strip(), line
