"""The policy in force, as the statements of a night need it: parameters and compiled SQL."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row
from psycopg.types.json import Jsonb

from dunwell.actions.registry import LOWERING_TYPES
from dunwell.db import statements
from dunwell.features.policy import compiled, settings

_POLICY = statements.load(__package__, "policy_in_force.sql")

BEFORE_ALL_DATES = dt.date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """Read once, shared by all slices of a run."""

    switches: settings.PolicySettings
    rules: compiled.Compiled
    parameters: Mapping[str, Any]
    fragments: Mapping[str, str]

    @property
    def version(self) -> int:
        """The id of the policy version."""
        return self.rules.version_id

    @property
    def skips(self) -> bool:
        """Whether actions that were due by the installation date are passed over."""
        skipped_until: dt.date = self.parameters["skipped_until"]
        return skipped_until > BEFORE_ALL_DATES


def read(connection: psycopg.Connection[TupleRow], date: dt.date) -> PolicyInForce:
    """The policy for a night of this business date."""
    switches = settings.read(connection)
    rules = compiled.read(connection)
    with connection.cursor(row_factory=dict_row) as cursor:
        scenarios = cursor.execute(_POLICY["scenarios"].render()).fetchone()
    assert scenarios is not None
    (experiments,), (agreement_classes,) = (
        connection.execute(_POLICY[name].render(), {"business_date": date}).fetchone() or (None,)
        for name in ("experiments", "agreement_classes")
    )
    skips = switches.installed_on is not None and not switches.run_everything_missed
    parameters = {
        **scenarios,
        "policy_version_id": rules.version_id,
        "business_date": date,
        "actor": "night",
        "skipped_until": switches.installed_on if skips else BEFORE_ALL_DATES,
        "cases_replaced": rules.has_criteria,
        "asks_for_ratings": rules.asks_for_ratings,
        "to_do_kinds": list(rules.to_do_kinds),
        "pay_types": switches.pay_types,
        "minimum_due": Jsonb({code: str(due) for code, due in switches.minimum_due.items()}),
        "overdue_date": switches.overdue_date,
        "entry_date": switches.entry_date,
        "action_dependencies": switches.action_dependencies,
        "lowering_types": LOWERING_TYPES,
        "experiments": None if experiments is None else Jsonb(experiments),
        "agreement_classes": agreement_classes,
        "promise_grace_days": switches.promise_grace_days,
        "collection_status": switches.collection_status,
        "credit_alerts": switches.credit_alerts,
    }
    fragments = {
        "profile_expression": rules.profile_expression,
        "criteria_expression": rules.criteria_expression,
        "to_do_expression": rules.to_do_expression,
    }
    return PolicyInForce(switches, rules, parameters, fragments)
