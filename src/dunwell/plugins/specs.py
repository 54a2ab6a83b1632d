"""Every hook, one for each policy opcode of the manual that the night needs.

A hook gets a `Batch`, never a single row, and answers by the number (`no`) of the row, or with
none to leave everything as it is. The default policies (`dunwell.plugins.defaults`) answer first,
in SQL; a plug-in's answer overrides them for the rows that it names. Only `connectors` gets
something else: it decides nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pluggy

from dunwell.plugins.batch import Batch
from dunwell.plugins.connecting import Connector, Wanted

PROJECT = "dunwell"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True)
class Failed:
    """A custom action's bad end: the action gets the status error with this message."""

    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What a person asked for isn't allowed, and why."""

    message: str


@dataclass(frozen=True, slots=True)
class UnbilledUsage:
    """What a bill unit has used and isn't billed for yet, of one debt class."""

    bill_unit_no: str
    amount: Decimal
    """In the bill unit's currency."""
    as_of: datetime
    """Until when the billing system has measured, with its time zone."""
    debt_class: str = "standard"
    details: str | None = None
    """In the billing system's words: "3.2 GB, 41 min"."""


COMPLETED = "completed"
"""A custom action's good end."""


@hookspec
def select_profile(batch: Batch) -> Mapping[int, str] | None:
    """Which profile (by name) a bill unit belongs to. Rows: candidates for entry.

    Default: the policy's ordered rules, then the default profile of the brand and currency.
    Manual: PCM_OP_COLLECTIONS_POL_SELECT_PROFILE.
    """


@hookspec
def valid_scenarios(batch: Batch) -> Collection[int] | None:
    """The offers to refuse, by number. Rows: each a candidate and a scenario whose amounts and
    days it meets.

    Default: offers whose extra criteria don't hold are refused.
    Manual: PCM_OP_COLLECTIONS_POL_GET_VALID_SCENARIOS.
    """


@hookspec
def assign_agent(batch: Batch) -> Mapping[int, str] | None:
    """The agent (by name) of a new case. Rows: entries.

    Default: none. Manual: PCM_OP_COLLECTIONS_POL_ASSIGN_AGENT.
    """


@hookspec
def target_bill_units(batch: Batch) -> Mapping[int, Collection[str]] | None:
    """The bill units (by number, of the same account or sharing group) that an action aimed at
    group members reaches. Rows: the due actions, if any is aimed so; `targeted` tells which, and
    an answer for another one changes nothing.

    Default: the group's members that aren't exempt, and its parent if the action aims at it too;
    without a group the bill unit itself. Manual: PCM_OP_COLLECTIONS_POL_GET_GROUP_TARGET_ACTIONS.
    """


@hookspec
def apply_late_fee(batch: Batch) -> Mapping[int, Decimal] | None:
    """The amount of a late fee, in the bill unit's currency. Rows: due actions.

    Default: amount and percentage of the definition, combined, converted, capped, rounded.
    Manual: PCM_OP_COLLECTIONS_POL_APPLY_LATE_FEES.
    """


@hookspec
def apply_finance_charge(batch: Batch) -> Mapping[int, Decimal] | None:
    """The amount of a finance charge, in the bill unit's currency. Rows: due actions.

    Default: the definition's percentage of the overdue balance measured tonight.
    Manual: PCM_OP_COLLECTIONS_POL_APPLY_FINANCE_CHARGES.
    """


@hookspec
def prepare_dunning_data(batch: Batch) -> Mapping[int, Mapping[str, Any]] | None:
    """More fields (JSON values) for a dunning letter's data. Rows: due actions.

    Default: overdue amount, currency and date, account and contact, bills with their ages, fees,
    the next action and its date. Manual: PCM_OP_COLLECTIONS_POL_PREP_DUNNING_DATA.
    """


@hookspec
def prepare_invoice_reminder(batch: Batch) -> Mapping[int, Mapping[str, Any]] | None:
    """More fields (JSON values) for an invoice reminder's data. Rows: due actions.

    Default: the same data as for a dunning letter. Manual: PCM_OP_INV_POL_PREP_INVOICE.
    """


@hookspec
def assign_agency(batch: Batch) -> Mapping[int, str] | None:
    """The agency (by name) that a case is referred to. Rows: due actions.

    Default: the brand's agency that had the least open debt when the night began, so that slices
    and workers don't change the answer. Manual: PCM_OP_COLLECTIONS_POL_ASSIGN_DCA.
    """


@hookspec
def execute_custom_action(batch: Batch) -> Mapping[int, str | Failed] | None:
    """Carry out custom actions; answer `COMPLETED` or `Failed(message)` for each that is yours.
    Rows: due actions, with the definition's name and parameters.

    Default: they stay pending, and the report names them. The outside world must not be called
    here: the transaction may yet roll back. Manual: PCM_OP_COLLECTIONS_POL_EXEC_POLICY_ACTION.
    """


@hookspec
def screen_severances(batch: Batch) -> Mapping[int, str | None] | None:
    """The severance template (by name) of a service agreement, or none to spare it. Rows: the
    agreements that start-severance actions have found, with their arrears.

    Default: the policy's first template that fits, by its types, facts and criteria. Manual of
    the utility's process: the severance criteria of step 1.8.7.3.
    """


@hookspec
def nominate_for_severance(batch: Batch) -> Collection[int] | None:
    """The service agreements to sever, by number; of a case that has one among them, only those.
    Rows: the agreements with the template that each would get.

    Default: the action's rule. Manual of the utility's process: the nomination of step 1.8.7.2.
    """


@hookspec
def perform_severance_event(batch: Batch) -> Mapping[int, str | Failed] | None:
    """Carry out generic events of severance processes; answer `COMPLETED` or `Failed(message)` for
    each that is yours. Rows: the due events, with name and parameters.

    Default: they stay pending. The outside world must not be called here: the transaction may yet
    roll back.
    """


@hookspec
def exit_scenario(batch: Batch) -> None:
    """A case ends, for whatever reason. Rows: the closed cases with their reason.

    Default: nothing. Manual: PCM_OP_COLLECTIONS_POL_EXIT_SCENARIO.
    """


@hookspec
def publish_event(batch: Batch) -> Mapping[int, Mapping[str, Any]] | None:
    """More fields (JSON values) for the data of an event that is sent to a subscriber. Rows: the
    events of one batch, with `kind`, `details` (their own fields) and `data`. What is there already
    stays; an event that is sent again is asked about again.

    Default: the bill unit, its case, scenario and profile, days in collections, overdue amount and
    bills; of actions their id, type, description and when they were completed.
    Manual: PCM_OP_COLLECTIONS_POL_PUBLISH_EVENT.
    """


@hookspec
def shape_promise(batch: Batch) -> Sequence[tuple[date, Decimal]] | Refused | None:
    """Refuse a promise to pay that is being made, or put other instalments (due date and amount)
    in the place of those proposed; they must come to the same sum. Rows: the instalments.

    Default: as proposed. Manual: PCM_OP_COLLECTIONS_POL_INVOKE_PROMISE_TO_PAY.
    """


@hookspec
def connectors(wanted: Wanted) -> Sequence[Connector] | None:
    """The connectors to other systems that `DUNWELL_CONNECTORS` asks for: a `Connector`
    (`dunwell.plugins.connecting`) for each entry of a type that is yours. Rows: none; there is no
    batch, and `wanted` has the entries by name, each with its `type`.

    Default: those of the types folder, stripe and http.
    """


@hookspec
def fetch_unbilled_usage(bill_unit_nos: Sequence[str]) -> Sequence[UnbilledUsage] | None:
    """What these bill units have used and aren't billed for yet, asked of the billing system when
    somebody in customer care wants to know it now. Rows: none, but the bill units' numbers; no
    transaction is open, so the outside world may be called. Answer within seconds, or raise what
    went wrong.

    Default: nobody is asked, and what was told over the API is shown with its age.
    """
