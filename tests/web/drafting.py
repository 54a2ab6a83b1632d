"""How tests of the configuration's pages work on a draft: what a form sends, what is in force."""

import html
import re
from typing import Any

from tests.web import town
from tests.web.conftest import Site

from dunwell.features.access.actor import Operation, operator
from dunwell.features.policy import drafts, parts, service
from dunwell.features.policy.model import Policy

C = "/configuration"
LOW = f"{C}/scenarios/{parts.id_from('scenarios', ('default', 'low'))}"
HIGH = f"{C}/scenarios/{parts.id_from('scenarios', ('default', 'high'))}"
"""This one is in no experiment, so that it may change alone."""
DOTS = re.DOTALL
CALL = f"{C}/actions/{parts.id_from('actions', ('', 'call'))}"


def in_force(site: Site) -> Policy:
    with site.world.database.connect() as connection:
        return service.export(connection)


def entry_amount(site: Site) -> str:
    """That of the scenario `high`, in force."""
    (high,) = [each for each in in_force(site).scenarios if each.name == "high"]
    return str(high.entry_amount)


def draft(site: Site) -> Policy | None:
    with site.world.database.connect() as connection:
        found = drafts.find(Operation(connection, operator("policy_owner"), town.TODAY))
        return found.policy if found else None


def fields(page: str) -> dict[str, Any]:
    """What the form of a part would send."""
    form = page.split('id="part"', 1)[1].split("</form>", 1)[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'(name|value|type)="([^"]*)"', tag))
        ticked = told.get("type") != "checkbox" or " checked" in tag
        if "name" in told and ticked:
            found[told["name"]] = told.get("value", "")
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, DOTS):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    texts = re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, DOTS)
    return {name: html.unescape(value) for name, value in (found | dict(texts)).items()}


def change(site: Site, path: str, **values: str) -> Any:
    """Save a part with some of its fields changed; `__` stands for a dot."""
    sent = fields(site.get(path).text)
    sent |= {name.replace("__", "."): value for name, value in values.items()}
    return site.post(path, **sent)
