"""What is around every part of a bill unit's page: how it stands, its tabs, and what one can do.

A part (`pages`, `utility`) hands over how it reads its own; `page` reads the rest and renders both.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path, Query, Response

from dunwell.db import walls
from dunwell.domain.statuses import ActionType
from dunwell.engine import explain
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.alerts import queries as alerts
from dunwell.features.cases import queries, sparing
from dunwell.features.crm import queries as crm
from dunwell.features.experiments.queries import Treatment, treatments
from dunwell.features.policy.using import Using
from dunwell.features.promises import queries as promises
from dunwell.features.receivables import bill_units
from dunwell.features.receivables import queries as receivables
from dunwell.features.sharing import queries as sharing
from dunwell.web import ages, rendering, using
from dunwell.web.bill_units import standing, utility_parts
from dunwell.web.caller import Caller, may
from dunwell.web.languages import N_, _
from dunwell.web.verbs import actions, known
from dunwell.web.verbs import promises as promising
from dunwell.web.verbs.verb import Verb

Viewer = Annotated[Caller, may(Permission.VIEW)]
Number = Annotated[str, Path(min_length=1, max_length=800, pattern=r"^[^\x00-\x1f\x7f]+$")]
Cursor = Annotated[str | None, Query(max_length=2000)]

Files = list[Mapping[str, Any]]
Values = Mapping[str, Any]

PARTS = (
    ("", N_("Case"), "c"),
    ("bills", N_("Bills"), "b"),
    ("payments", N_("Payments"), "p"),
    ("letters", N_("Letters"), "l"),
    ("promises", N_("Promises"), "s"),
    ("group", N_("Group"), "u"),
    ("notes", N_("Notes"), "n"),
    ("history", N_("History"), "h"),
    ("explain", N_("Why / why not"), "w"),
)
"""The parts in the order of their tabs; the last is pressed after `v` (view)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands above every part."""

    unit: Mapping[str, Any]
    account: Mapping[str, Any]
    ages: list[tuple[str, Decimal]]
    cases: list[Mapping[str, Any]]
    """The open ones."""
    why: list[str]
    next: list[str]
    exempt: sparing.Exemption | None
    held: sparing.Hold | None
    group: Mapping[str, Any]
    promised: bool
    alerts: tuple[alerts.Alert, ...]
    """Of the account."""
    status: crm.CollectionStatus | None
    """As customer care sees it, if the policy has it kept."""
    treatments: tuple[Treatment, ...]
    """Of the brand's experiments, with what was chosen for the customer."""
    profiles: frozenset[str]
    """Those of its open cases; without one, the one that it would have today."""
    using: Using
    """What the installation uses."""


def page(
    caller: Caller,
    number: str,
    part: str,
    read: Callable[[Operation], Values],
    *,
    status: int = 200,
) -> Response:
    """A part of the bill unit's page, with all that stands above it unless htmx has it already. All
    of it is read in one transaction; what stands above it takes over the `files` of its cases and
    what it was `told`, if the part has read them.
    """
    with caller.look_closely() as operation:
        bill_units.find(operation, number)
        values = dict(read(operation))
        if not rendering.is_partial(caller.request):
            told = values.get("told") if values.get("day") == operation.date else None
            found = stands(caller, operation, number, values.pop("files", None), told)
            values |= {"standing": found, "verbs": offered(caller, found)}
        values["today"] = operation.date
    today = values["today"]

    def action_verbs(action: Mapping[str, Any]) -> list[Verb]:
        due_on = action["due_on"]
        return actions.offered(
            caller.actor,
            kind=action.get("type", ActionType.PROMISE),
            status=action["status"],
            due_on=due_on if isinstance(due_on, dt.date) else dt.date.fromisoformat(due_on),
            mandatory=action.get("mandatory", False),
            today=today,
        )

    return caller.page(
        f"bill_units/{part or 'case'}.html",
        block="part",
        status=status,
        action_verbs=action_verbs,
        instalment_verbs=list(promising.OF_INSTALMENT),
        number=number,
        at=rendering.bill_unit_path(number),
        part=part,
        parts=_parts(caller),
        **values,
    )


def stands(
    caller: Caller,
    operation: Operation,
    number: str,
    files: Files | None = None,
    told: Values | None = None,
) -> Standing:
    """How it stands today."""
    unit = receivables.bill_unit(operation, number)
    today, used = operation.date, using.known(caller.request.app)
    if files is None:
        files = [file.fields for file in queries.files_of(operation, number)]
    open_cases = [file for file in files if file["status"] == "open"]
    exempt = _in_force(sparing.exemptions(operation, number), "exempt_from", "exempt_until", today)
    held = _in_force(sparing.holds(operation, number), "held_from", "held_until", today)
    promised = [each for each in promises.promises(operation, number) if each["status"] == "active"]
    why, following = [], []
    for case in open_cases:
        promise = next((each for each in promised if each["case_id"] == case["case_id"]), None)
        why.append(standing.why(case))
        following += standing.what_next(
            case, today, held_until=held.held_until if held else None, promise=promise
        )
    profiles = frozenset(case["profile"] for case in open_cases)
    if not open_cases:
        told = told or explanation(caller, operation, number, today)
        why.append(standing.why_not(told))
        profiles = frozenset({told["profile"]} - {None})
    if exempt and open_cases:
        following.insert(0, _("It leaves with the next night: it is exempt."))
    return Standing(
        unit=unit,
        account=receivables.account(operation, unit["account_no"]),
        ages=ages.by_age(operation, number),
        cases=open_cases,
        why=why,
        next=following,
        exempt=exempt,
        held=held,
        group=sharing.role(operation, number),
        promised=bool(promised),
        alerts=alerts.alerts_of(operation, unit["account_no"]),
        status=crm.collection_status(operation, number) if crm.is_kept(operation) else None,
        treatments=treatments(operation, number) if used.experiments else (),
        profiles=profiles,
        using=used,
    )


def _parts(caller: Caller) -> list[tuple[str, str, str]]:
    """Those that the installation uses; the last says why."""
    return [*PARTS[:-1], *utility_parts.parts(using.known(caller.request.app)), PARTS[-1]]


def offered(caller: Caller, found: Standing) -> list[Verb]:
    """What makes sense for it now, of what the person may do."""
    in_case = bool(found.cases)
    promised = found.promised
    role = found.group["role"]
    sense = {
        "note": True,
        "payment": True,
        "assign": in_case,
        "night": True,
        "add": in_case,
        "promise": in_case and not promised,
        "add_instalment": promised,
        "revoke": promised,
        "hold": not found.held,
        "lift_hold": bool(found.held),
        "exempt": not found.exempt,
        "lift_exemption": bool(found.exempt),
        "place": not in_case or len(found.cases) < found.using.debt_classes,
        "replace": in_case,
        "treat": any(each.profile in found.profiles for each in found.treatments),
        "stop": in_case,
        "make_group": role == "neither",
        "add_members": role == "parent",
        "change_parent": role == "parent",
        "leave_group": role == "member",
        "rename_group": role == "parent",
        "delete_group": role == "parent",
        "cancel_all": in_case,
        "pay_plan": found.using.pay_plans,
        "contact": found.using.contacts,
        "to_do": found.using.to_dos,
    }
    return [verb for verb in known.OF_BILL_UNIT if sense[verb.name] and verb.may(caller.actor)]


def _in_force(rows: Any, since: str, until: str, today: dt.date) -> Any:
    """The one of them that holds today and does so longest."""
    found = [
        row
        for row in rows
        if getattr(row, since) <= today
        and (getattr(row, until) is None or today <= getattr(row, until))
    ]
    return max(found, key=lambda row: getattr(row, until) or dt.date.max, default=None)


def explanation(caller: Caller, operation: Operation, number: str, day: dt.date) -> dict[str, Any]:
    """By the night's own statements, which are rolled back; they are the owner's, who stands before
    the walls, so the bill unit has been found behind them.
    """
    hooks = caller.request.app.state.application.plugins.hook
    connection = operation.connection
    # its statements depend on the policy, and no plan of them is worth being kept
    connection.prepare_threshold = None
    walls.leave(connection)
    told = explain.explain_to(connection, hooks, number, day).as_json()
    walls.enter(connection, caller.actor.brands)
    connection.prepare_threshold = 0
    return told
