"""The reference page is what the models say today."""

from pathlib import Path

from dunwell.features.policy import model, reference
from dunwell.features.policy.forms.scenarios import Scenario

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "policy-file.md"


def test_the_page_in_docs_is_current():
    assert PAGE.read_text(encoding="utf-8") == reference.render(), (
        "write it anew: python -m dunwell.features.policy.reference docs/reference/policy-file.md"
    )


def test_every_part_is_on_the_page_and_every_key_has_a_meaning():
    assert all(field.description for field in Scenario.model_fields.values())
    page = reference.render()
    assert all(f"{name}]" in page or f"`{name} =" in page for name in model.Policy.model_fields)
