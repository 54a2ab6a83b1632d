"""The reference of the fields is current."""

from pathlib import Path

from dunwell.features.letters import fields

PAGE = Path(__file__).parents[3] / "docs/reference/template-fields.md"


def test_the_page_in_docs_is_current():
    assert PAGE.read_text(encoding="utf-8") == fields.render(), "write it anew: make docs"
