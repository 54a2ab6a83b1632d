"""The reference page of the policy file, made from the models so that it can't fall behind.

`python -m dunwell.features.policy.reference FILE` writes it; a test compares the page in `docs/`.
"""

import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from dunwell.domain.conditions import COLUMNS, Operator
from dunwell.features.policy import criteria, model
from dunwell.features.policy.eligibility import Eligibility
from dunwell.features.policy.experiments import Challenger, Experiment
from dunwell.features.policy.forms.actions import ACTION_FORMS, ActionForm
from dunwell.features.policy.forms.brands import Brand, Sender
from dunwell.features.policy.forms.calendars import DEFAULT_CALENDAR, Calendar, OwnDay
from dunwell.features.policy.forms.people import (
    Agency,
    Agent,
    CollectionSubstatus,
    ContactType,
    PayPlanType,
    ReasonCode,
    ToDoType,
)
from dunwell.features.policy.forms.scenarios import (
    DEFAULT_DEBT_CLASS,
    DebtClass,
    Profile,
    Scenario,
    Step,
)
from dunwell.features.policy.forms.severance import (
    Moratorium,
    Notice,
    SeveranceEventForm,
    SeveranceTemplate,
)
from dunwell.features.policy.installation import PREDEFINED_ACTIONS
from dunwell.features.policy.settings import PolicySettings
from dunwell.features.policy.values import DEFAULT_BRAND

_INTRODUCTION = """\
# The policy file

One TOML file, or a folder of `*.toml` files that are read as one, says how debts are collected.
`dunwell policy check FILE` lists everything that is wrong with its line, `policy diff FILE` shows
what would change, `policy apply FILE` puts it in force as a new version, and `policy export` writes
the policy in force as such a file. This page is made from the code.

Amounts, percentages and rates are exact: they are read digit by digit as they are written, with or
without quotes, and may not have more decimals than their currency. Dates are TOML dates.

The brand `{brand}`, the calendar `{calendar}` (every day is worked) and the debt class
`{debt_class}` always exist; define them only to change them. A brand and currency without a default
profile gets one of its own, without scenarios.
"""

_CONDITIONS = """\
## Conditions

The `rule` of a profile and the `criteria` of a scenario are conditions: inline tables in one of
these forms. A comparison with a missing value is neither true nor false, and what is not true at
the end counts as false.

```toml
rule = {{ field = "account.credit_score", operator = "<", value = 500 }}
rule = {{ all = [
    {{ criterion = "Segment", operator = "=", value = "Business" }},
    {{ field = "account.country", one_of = ["DE", "AT"] }},
    {{ not = {{ field = "account.attr.vip", missing = false }} }},
    {{ field = "account.attr.customer_since", operator = ">=", value = "today-90" }},
] }}
```

Operators: {operators}.

Columns that can be asked about: {columns}. Attributes are what the loaded files hold under
`attr.NAME`: `account.attr.NAME`, `bill_unit.attr.NAME`.
"""

_BUCKETS = """\
## Aging buckets

`aging_buckets = [30, 60, 90]`, at the top of the file (or of the first file of a folder). {meaning}
"""

_ACTIONS = """\
## Actions

`[[actions]]`: what a step does. Predefined, in every brand and not to be changed: {predefined}. The
others are defined here, by type.
"""

_PARTS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("Calendars", "calendars", Calendar),
    ("Brands", "brands", Brand),
    ("Debt classes", "debt_classes", DebtClass),
    ("Criteria", "criteria", criteria.Criterion),
    ("Profiles", "profiles", Profile),
    ("Scenarios", "scenarios", Scenario),
    ("Severance templates", "severance_templates", SeveranceTemplate),
    ("Moratoria", "moratoria", Moratorium),
    ("Eligibility", "eligibility", Eligibility),
    ("Experiments", "experiments", Experiment),
    ("Reason codes", "reason_codes", ReasonCode),
    ("Contact types", "contact_types", ContactType),
    ("Pay plan types", "pay_plan_types", PayPlanType),
    ("To-do types", "to_do_types", ToDoType),
    ("Collection substatuses", "collection_substatuses", CollectionSubstatus),
    ("Agencies", "agencies", Agency),
    ("Agents", "agents", Agent),
    ("Exchange rates", "exchange_rates", model.ExchangeRate),
)


def render() -> str:
    """The page as Markdown."""
    pieces = [
        _INTRODUCTION.format(
            brand=DEFAULT_BRAND,
            calendar=DEFAULT_CALENDAR,
            debt_class=DEFAULT_DEBT_CLASS,
        ),
        _BUCKETS.format(meaning=model.Policy.model_fields["aging_buckets"].description),
        _part("Settings", "`[settings]`", PolicySettings),
    ]
    for title, key, form in _PARTS:
        pieces.append(_part(title, f"`[[{key}]]`", form))
        if form is Calendar:
            pieces.append(_table("Each of its `days`:", OwnDay))
        if form is Brand:
            pieces.append(_table("Its `sender`:", Sender))
        if form is Scenario:
            pieces.append(_table("Each of its `steps`:", Step))
        if form is SeveranceTemplate:
            pieces.append(_table("Each of its `events`:", SeveranceEventForm))
            pieces.append(_table("Each of its `notices`:", Notice))
        if form is Experiment:
            pieces.append(_table("Each of its `challengers`:", Challenger))
        if form is Profile:
            pieces.extend([_conditions(), _actions()])
    return "\n".join(pieces)


def _part(title: str, key: str, form: type[BaseModel]) -> str:
    return f"## {title}\n\n" + _table(f"{key}: {(form.__doc__ or '').strip()}", form)


def _conditions() -> str:
    operators = ", ".join(f"`{operator.value}`" for operator in Operator)
    columns = ", ".join(f"`{column}`" for column in COLUMNS)
    pieces = [_CONDITIONS.format(operators=operators, columns=columns)]
    pieces.extend(_table((form.__doc__ or "").strip(), form) for form in criteria.CONDITION_FORMS)
    return "\n".join(pieces)


def _actions() -> str:
    predefined = ", ".join(f"`{name}`" for name in PREDEFINED_ACTIONS.values())
    pieces = [
        _ACTIONS.format(predefined=predefined),
        _table(f"{(ActionForm.__doc__ or '').strip()}", ActionForm),
    ]
    shared = {*ActionForm.model_fields, "type"}
    pieces.extend(
        _table(f'### `type = "{kind.value}"`\n\n{(form.__doc__ or "").strip()}', form, shared)
        for kind, form in ACTION_FORMS.items()
    )
    return "\n".join(pieces)


def _table(head: str, form: type[BaseModel], without: Collection[str] = ()) -> str:
    schema = form.model_json_schema(by_alias=True)
    # a form that can hold itself is among the definitions
    own = schema["$defs"][form.__name__] if "$ref" in schema else schema
    required = set(own.get("required", ()))
    rows = [
        f"| `{key}` | {_kind(each, schema)} | {_default(each, key in required)}"
        f" | {each.get('description', '').replace('|', chr(92) + '|')} |"
        for key, each in own["properties"].items()
        if key not in without
    ]
    if not rows:
        return f"{head}\n"
    table = ["| key | value | default | meaning |", "| --- | --- | --- | --- |", *rows]
    return "\n".join([head, "", *table, ""])


def _default(each: dict[str, Any], is_required: bool) -> str:
    if is_required:
        return "required"
    default = each.get("default")
    if default in (None, "", [], {}):
        return "none" if default is None else "empty"
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true`, `false`",
}


def _kind(each: dict[str, Any], schema: dict[str, Any]) -> str:
    """What may stand there, in words."""
    if "$ref" in each:
        name = each["$ref"].rpartition("/")[2]
        return (
            "table"
            if "properties" in schema["$defs"][name]
            else _kind(schema["$defs"][name], schema)
        )
    if "const" in each or "enum" in each:
        return ", ".join(f"`{value}`" for value in each.get("enum", [each.get("const")]))
    if "oneOf" in each:
        return "condition"
    if "anyOf" in each:
        kinds = [_kind(one, schema) for one in each["anyOf"] if one.get("type") != "null"]
        # an exact number may also be written as text
        return "number" if "number" in kinds else " or ".join(dict.fromkeys(kinds))
    return _simple_kind(each, schema)


def _simple_kind(each: dict[str, Any], schema: dict[str, Any]) -> str:
    if each.get("type") == "array":
        kind = _kind(each["items"], schema)
        return f"list of {kind}" if "`" in kind else f"list of {kind}s"
    if each.get("type") == "object":
        return f"table of {_kind(each['additionalProperties'], schema)}"
    return "date" if each.get("format") == "date" else _KINDS[each["type"]]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
