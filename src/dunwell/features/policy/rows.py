"""The policy as rows, twice in the same shape: as a policy wants them, as the database has them.

A row is JSON data with names in place of ids and amounts as plain decimal strings, so that two
rows can be compared key by key and shown to people; `comparison` does that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements
from dunwell.domain import conditions, stored_conditions
from dunwell.features.policy import criteria, eligibility, values
from dunwell.features.policy.forms.actions import parameters
from dunwell.features.policy.forms.brands import Brand
from dunwell.features.policy.forms.calendars import EVERY_DAY, WEEKDAYS, Calendar
from dunwell.features.policy.forms.scenarios import DEFAULT_DEBT_CLASS, DebtClass, Scenario
from dunwell.features.policy.model import Policy
from dunwell.features.policy.scenario_checks import exit_amount, in_order
from dunwell.features.policy.values import DEFAULT_BRAND

Key = tuple[str, ...]
Row = dict[str, Any]

NOUNS = (
    "aging buckets",
    "setting",
    "calendar",
    "brand",
    "debt class",
    "criterion",
    "profile",
    "action",
    "scenario",
    "severance template",
    "moratorium",
    "experiment",
    "reason code",
    "contact type",
    "pay plan type",
    "to-do type",
    "collection substatus",
    "agency",
    "agent",
    "exchange rate",
    "template",
)
"""In the order in which changes are shown and written: what is referred to comes first."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of a policy by noun and key; those of the database with their ids."""

    by_noun: dict[str, dict[Key, Row]]
    ids: dict[tuple[str, Key], int]

    def __getitem__(self, noun: str) -> dict[Key, Row]:
        return self.by_noun[noun]


def stored(connection: psycopg.Connection[TupleRow]) -> Rows:
    """The current rows of the database."""
    sql = statements.load(__package__, "rows.sql")
    rows: dict[str, dict[Key, Row]] = {}
    ids = {}
    for noun in NOUNS:
        rows[noun] = {}
        for number, key, row in sql[noun.replace(" ", "_").replace("-", "_")].run(connection):
            rows[noun][tuple(key)] = row
            ids[noun, tuple(key)] = number
    return Rows(rows, ids)


def wanted(policy: Policy) -> Rows:
    """The rows that the policy asks for, with the brand, calendar and debt class that always
    exist.
    """
    return Rows(
        {
            **_of_the_house(policy),
            **_of_collecting(policy),
            **_of_care(policy),
            **_of_people(policy),
        },
        {},
    )


def _of_the_house(policy: Policy) -> dict[str, dict[Key, Row]]:
    """What all else refers to."""
    return {
        "aging buckets": {(): {"up to days": policy.aging_buckets}},
        "setting": {
            (name,): {"value": value}
            for name, value in policy.settings.model_dump(mode="json").items()
        },
        "calendar": {
            (calendar.name,): _calendar(calendar)
            for calendar in [
                *_missing(policy.calendars, EVERY_DAY),
                *policy.calendars,
            ]
        },
        "brand": {
            (brand.name,): {
                **_plain(brand, "name", "sender"),
                "sender": brand.sender.model_dump(mode="json", exclude_defaults=True),
            }
            for brand in [
                *_missing(policy.brands, Brand(name=DEFAULT_BRAND)),
                *policy.brands,
            ]
        },
        "debt class": {
            # a threshold for the whole debt is part of the scenarios' exit amounts
            (each.name,): _plain(each, "name", "cancel_threshold")
            for each in [
                *_missing(policy.debt_classes, DebtClass(name=DEFAULT_DEBT_CLASS)),
                *policy.debt_classes,
            ]
        },
        "criterion": {
            (each.name,): _plain(each, "name", "description") for each in policy.criteria
        },
        "exchange rate": {
            (each.source_currency, each.target_currency, each.valid_from.isoformat()): {
                "rate": values.plain(each.rate)
            }
            for each in policy.exchange_rates
        },
    }


def _of_collecting(policy: Policy) -> dict[str, dict[Key, Row]]:
    """Who enters what, and what is done there."""
    champions = {
        (experiment.brand, each.scenario): experiment.champion
        for experiment in policy.experiments
        for each in experiment.challengers
    }
    return {
        "profile": {
            (each.brand, each.name): {
                "currency": each.currency,
                "description": each.description,
                "default": each.default,
                "position": position,
                "rule": _tree(policy, each.rule),
            }
            for position, each in enumerate(policy.profiles, start=1)
        },
        "action": {
            (each.brand or "", each.name): {
                "type": each.type,
                "description": each.description,
                "target": each.target.value,
                "parameters": parameters(each),
            }
            for each in policy.actions
        },
        "scenario": {
            (each.brand, each.name): {
                **_plain(each, "name", "brand", "criteria", "steps", "exit_amount"),
                "exit_amount": values.plain(exit_amount(policy, each)),
                "criteria": _demands(policy, each),
                "challenges": champions.get((each.brand, each.name)),
                "steps": [_plain(step) for step in in_order(each.steps)],
            }
            for each in policy.scenarios
        },
        "severance template": {
            (each.brand, each.name): {
                **_plain(each, "name", "brand", "criteria"),
                "criteria": _tree(policy, each.criteria),
            }
            for each in policy.severance_templates
        },
        "moratorium": {
            (each.brand or "", each.name): _plain(each, "name", "brand")
            for each in policy.moratoria
        },
        "experiment": {
            (each.brand, each.name): _plain(each, "name", "brand") for each in policy.experiments
        },
    }


def _of_care(policy: Policy) -> dict[str, dict[Key, Row]]:
    """What people note, agree and send."""
    return {
        "reason code": {
            (each.brand or "", each.category, each.code): {"labels": each.labels}
            for each in policy.reason_codes
        },
        "contact type": {
            (each.contact_class, each.name): {"description": each.description}
            for each in policy.contact_types
        },
        "pay plan type": {(each.name,): _plain(each, "name") for each in policy.pay_plan_types},
        "to-do type": {
            (each.name,): {**_plain(each, "name", "rule"), "condition": _tree(policy, each.rule)}
            for each in policy.to_do_types
        },
        "collection substatus": {
            (each.name,): _plain(each, "name") for each in policy.collection_substatuses
        },
        "template": {
            (each.brand or "", each.kind, each.name, each.locale): {
                "engine": each.engine,
                "format": each.format,
                "sha256": each.sha256,
            }
            for each in policy.templates
        },
    }


def _of_people(policy: Policy) -> dict[str, dict[Key, Row]]:
    """Who works on it."""
    return {
        "agency": {(each.brand, each.name): {"email": each.email} for each in policy.agencies},
        "agent": {
            (each.name,): {"role": each.role, "supervisor": each.supervisor}
            for each in policy.agents
        },
    }


def _tree(policy: Policy, condition: Any) -> Any:
    """A condition with the policy's criteria in place of their names."""
    known = policy.criteria_by_name()
    return condition and stored_conditions.as_data(criteria.resolve(condition, known))


def _demands(policy: Policy, scenario: Scenario) -> Any:
    """The scenario's own criteria and what eligibility demands of its candidates."""
    known = policy.criteria_by_name()
    own = None if scenario.criteria is None else criteria.resolve(scenario.criteria, known)
    eligible = eligibility.demand(
        policy.eligibility,
        (scenario.brand, scenario.name, scenario.debt_class),
        known,
        policy.settings.credit_rating_threshold,
    )
    demands = tuple(each for each in (own, eligible) if each is not None)
    if not demands:
        return None
    return stored_conditions.as_data(demands[0] if len(demands) == 1 else conditions.All(demands))


def _missing(given: Iterable[Any], implied: Any) -> list[Any]:
    return [] if any(each.name == implied.name for each in given) else [implied]


def _plain(part: criteria.Form, *without: str) -> Row:
    return part.model_dump(mode="json", exclude=set(without))


def _calendar(calendar: Calendar) -> Row:
    return {
        "country": calendar.country,
        "subdivision": calendar.subdivision,
        "weekend": sorted(WEEKDAYS.index(day) + 1 for day in calendar.weekend),
        "own_days": {
            own.date.isoformat(): {"working": own.working, "name": own.name}
            for own in calendar.days
        },
    }
