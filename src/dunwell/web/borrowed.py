"""Texts that the pages show and others write: what services refuse, the policy's checks, the policy
file's own hints, reports. They are English where they are written; here they are gathered, so that
the catalogues have them. Only `make catalogues` and the tests run this.

A refusal is found in the source as the sentence that it is raised with: of `f"There is no case
{case!r}."` the text is `There is no case %(case)s.`, which `refusals` recognizes in what was said.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

import dunwell
from dunwell.features.access.roles import MEANINGS
from dunwell.features.policy import editing, model, sentences, settings
from dunwell.features.policy.forms import actions, brands, calendars, people, scenarios, severance
from dunwell.features.reports import details, exporting
from dunwell.features.reports.registry import REPORTS
from dunwell.web.refusals import PLACE

SOURCE = Path(dunwell.__file__).parent

REFUSALS = "refusals"

REFUSING = (
    *("domain", "serving"),
    *("engine/placing.py", "engine/night.py", "engine/crew.py", "engine/case_agreements.py"),
    "engine/undelivered.py",
    *(
        f"features/{noun}"
        for noun in (
            "access",
            "care",
            "cases",
            "contacts",
            "experiments",
            "pay_plans",
            "policy",
            "promises",
            "ratings",
            "receivables",
            "severance",
            "sharing",
            "tasks",
        )
    ),
    *("features/letters/templates.py", "features/letters/service.py"),
    *("features/letters/retrying.py", "features/payments/methods.py"),
    *("features/payments/capturing.py", "features/payments/suspense.py"),
    *("features/payments/vault.py", "features/payments/fates.py", "features/payments/matching.py"),
    *("features/crm/alerts.py", "features/crm/alert_queries.py"),
    *("features/reports/running.py", "features/reports/details.py"),
    "features/reports/schedules.py",
)
"""Whose refusals people meet on pages. Files that only machines and operators send are refused in
English."""

NOT_ON_PAGES = frozenset(
    {"load", "loading", "json", "keys", "oidc", "sessions", "secrets", "outside"}
)

ENOUGH = 9
"""Letters of its own that a sentence has."""

KINDS = frozenset(
    {
        *("BadInput", "NotFound", "Forbidden", "RuleViolation"),
        *("Conflict", "Stale", "Unavailable"),
        *("Fate", "NoMatch"),
        *("error", "warning", "ValueError"),
    }
)
"""Of an error, the last argument is what it says; so it is of what a check of the policy finds, of
what the policy file's models refuse, and of why a payment waits in suspense.
"""

_FORMATTED = re.compile(r"\{(\w+)(?:!r)?\}")


def texts() -> Iterator[tuple[str, str, str]]:
    """Every text: the catalogue that it belongs to, the text, and the file that has it."""
    yield from (("configuration", text, "the policy's models") for text in _hints())
    yield from (("configuration", text, "the permissions") for text in _of_permissions())
    yield from (("reports", text, "the reports") for text in _of_reports())
    yield from ((REFUSALS, text, name) for text, name in refusals().items())


def _hints() -> set[str]:
    found = set()
    forms = (actions, brands, calendars, people, scenarios, severance)
    for module in (model, editing, settings, *forms):
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, BaseModel):
                fields = each.model_fields.values()
                found |= {info.description.replace("`", "") for info in fields if info.description}
    return found


def _of_permissions() -> set[str]:
    return {*MEANINGS.values(), *(each.value.replace("_", " ") for each in MEANINGS)}


def _of_reports() -> set[str]:
    found = set()
    for report in REPORTS.values():
        found |= {report.title, report.meaning, *report.notes}
        found |= {exporting.heading(column.name) for column in report.columns}
    for detail in details.DETAILS.values():
        found.add(detail.title)
        found |= {exporting.heading(column.name) for column in detail.columns}
    return found


def refusals() -> dict[str, str]:
    """The sentences of refusals, each with the file that says it."""
    found = {
        _FORMATTED.sub(r"%(\1)s", text): "features/policy/sentences.py"
        for text in sentences.SENTENCES.values()
    }
    for path in _files():
        name = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in KINDS
                and node.args
                and isinstance(node.args[-1], ast.JoinedStr | ast.Constant | ast.BinOp)
            ):
                text = _sentence(node.args[-1], set())
                # what hardly says anything itself would be recognized everywhere
                if sum(map(str.isalpha, PLACE.sub("", text))) >= ENOUGH:
                    found.setdefault(text, name)
    return found


def _files() -> Iterator[Path]:
    for place in REFUSING:
        path = SOURCE / place
        for each in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if each.stem.partition("_")[0] not in NOT_ON_PAGES:
                yield each


def _sentence(node: ast.expr, used: set[str]) -> str:
    """What is said, with a named place for each value in it."""
    match node:
        case ast.Constant():
            return str(node.value).replace("%", "%%")
        case ast.JoinedStr():
            return "".join(_sentence(each, used) for each in node.values)
        case ast.BinOp(op=ast.Add()):
            return _sentence(node.left, used) + _sentence(node.right, used)
        case ast.FormattedValue():
            return f"%({_name(node.value, used)})s"
    return f"%({_name(node, used)})s"


def _name(node: ast.expr, used: set[str]) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            pass
        case _:
            name = "value"
    number, found = 1, name
    while found in used:
        number += 1
        found = f"{name}_{number}"
    used.add(found)
    return found
