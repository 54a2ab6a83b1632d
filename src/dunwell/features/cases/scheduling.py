"""Adding and rescheduling actions by hand, and what then becomes of those that follow.

An action that a person adds is a row beyond the scenario's steps. Wherever an action comes to
stand, it takes its place among the dates of the case: it joins the date that has its day, or makes
a new one between the others, so that dependencies hold for it like for any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.handles import parse as parse_handle
from dunwell.domain.money import Currency
from dunwell.domain.statuses import ActionStatus, ActionType
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import closing, dating, rules
from dunwell.features.cases.desk import Desk
from dunwell.features.cases.states import ActionChange, ActionState
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import own_accounts

_SCHEDULING = statements.load(__package__, "scheduling.sql")

UNCHANGED = 0
"""Those that follow keep their dates."""
CANCELLED = -1
"""Those that follow are cancelled; a positive number postpones them by so many days."""


class Sent(Enum):
    """Tells what wasn't sent from what is to be emptied."""

    NOT = "not sent"


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """What a collect-payment action that a person adds may have of its own."""

    amount: Decimal | None = None
    """In the bill unit's currency; none: the overdue balance of the day."""
    payment_method: str | None = None
    """The handle of the customer's payment method; none: their usual one."""


@dataclass(frozen=True, slots=True)
class Rescheduling:
    """One action of several that are moved together."""

    action: str
    due_on: date
    expected_version: int | None = None


def add_action(
    operation: Operation,
    case: str,
    definition: str,
    due_on: date,
    *,
    reason: str,
    note: str | None = None,
    mandatory: bool = False,
    followers: int = UNCHANGED,
    payment: PaymentDetails | None = None,
    expected_version: int | None = None,
) -> ActionChange:
    """Add an action of the policy to a case, due on a day (or the next working day).

    `followers`: what becomes of the open actions of later dates. Raises NotFound, BadInput,
    RuleViolation, Conflict. Manual: PCM_OP_COLLECTIONS_ADD_ACTION.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    rules.check_followers(followers)
    desk = Desk.at_case(
        operation,
        case,
        category=Category.ADD,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    definition_id = _definition(desk, definition, payment)
    _may_be_due(desk, definition, due_on, moved=None)
    row = desk.work.run(
        _SCHEDULING["add"],
        definition_id=definition_id,
        due_on=due_on,
        mandatory=mandatory,
        own=_parameters(desk, payment),
    ).fetchone()
    assert row is not None
    handle = Handle(desk.before.handle.account_id, row[0])
    _settle(desk, handle, None, followers)
    desk.log_action("action_added", handle, mandatory=mandatory)
    return desk.changed(handle)


def reschedule_action(
    operation: Operation,
    action: str,
    due_on: date,
    *,
    reason: str,
    note: str | None = None,
    followers: int = UNCHANGED,
    expected_version: int | None = None,
) -> ActionChange:
    """Move an open action to a day (or the next working day). One in error is tried again then.

    Only its case's agent, whoever added it, or a manager may. Raises NotFound, Forbidden,
    BadInput, RuleViolation, Conflict. Manual: PCM_OP_COLLECTIONS_RESCHEDULE_ACTION.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    rules.check_followers(followers)
    desk, found = Desk.at_action(
        operation,
        action,
        category=Category.RESCHEDULE,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    rules.may_reschedule(
        found.name,
        found.made_by,
        desk.before.agent,
        actor=operation.actor.name,
        agent=operation.actor.agent,
        is_manager=operation.actor.is_manager,
    )
    rules.must_be_open(closing.facts(found, dependencies=desk.dependencies), "rescheduled")
    _may_be_due(desk, found.name, due_on, moved=found)
    behind = closing.followers(desk, found.offset_days) if followers else []
    desk.run(_SCHEDULING["move"], action_id=found.handle.id, due_on=due_on)
    _settle(desk, found.handle, behind, followers)
    desk.log_action("action_rescheduled", found.handle, was_due_on=found.due_on.isoformat())
    return desk.changed(found.handle)


def reschedule_actions(
    operation: Operation,
    actions: Sequence[Rescheduling],
    *,
    reason: str,
    note: str | None = None,
    followers: int = UNCHANGED,
) -> tuple[ActionChange, ...]:
    """Move several open actions, all or none; otherwise as `reschedule_action`."""
    operation.actor.require(Permission.WORK_ACTIONS)
    handles = {parse_handle(each.action, "action") for each in actions}
    if len(handles) != len(actions):
        raise BadInput("An action stands twice in the list; name each one once.")
    own_accounts(operation, {handle.account_id for handle in handles})
    ordered = sorted(actions, key=lambda each: parse_handle(each.action, "action"))
    with operation.connection.transaction():
        _SCHEDULING["lock_cases"].run(
            operation.connection,
            {
                "account_ids": [handle.account_id for handle in sorted(handles)],
                "action_ids": [handle.id for handle in sorted(handles)],
            },
        )
        return tuple(
            reschedule_action(
                operation,
                each.action,
                each.due_on,
                reason=reason,
                note=note,
                followers=followers,
                expected_version=each.expected_version,
            )
            for each in ordered
        )


def change_payment_details(
    operation: Operation,
    action: str,
    *,
    reason: str,
    note: str | None = None,
    amount: Decimal | Sent | None = Sent.NOT,
    payment_method: str | Sent | None = Sent.NOT,
    expected_version: int | None = None,
) -> ActionChange:
    """Change the amount or the payment method of an open collect-payment action; only what is sent
    changes, and none empties it. Manual: PCM_OP_COLLECTIONS_UPDATE_ACTION_PAYMENT_DETAILS.
    """
    operation.actor.require(Permission.UPDATE_PAYMENT)
    desk, found = Desk.at_action(
        operation,
        action,
        category=Category.PAYMENT_DETAILS,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    rules.must_be_open(closing.facts(found, dependencies=desk.dependencies), "changed")
    _must_collect(found.name, found.type)
    before = found.parameters
    given = PaymentDetails(
        Decimal(before["amount"]) if amount is Sent.NOT and "amount" in before else _sent(amount),
        before.get("payment_method") if payment_method is Sent.NOT else payment_method,
    )
    desk.run(_SCHEDULING["set_own"], action_id=found.handle.id, own=_parameters(desk, given))
    desk.log_action("action_payment_changed", found.handle)
    return desk.changed(found.handle)


def _sent(amount: Decimal | Sent | None) -> Decimal | None:
    return None if amount is Sent.NOT else amount


def _definition(desk: Desk, name: str, payment: PaymentDetails | None) -> int:
    row = desk.work.run(
        _SCHEDULING["definition"], name=name, brand_id=desk.before.brand_id
    ).fetchone()
    if row is None:
        raise NotFound(f"The policy has no action {name!r} for this brand.")
    if payment is not None:
        _must_collect(name, row[1])
    return int(row[0])


def _must_collect(name: str, kind: str) -> None:
    if kind != ActionType.COLLECT_PAYMENT:
        raise BadInput(f"{name!r} collects no payment, so it has no amount and payment method.")


def _parameters(desk: Desk, payment: PaymentDetails | None) -> Jsonb | None:
    if payment is None:
        return None
    own: dict[str, Any] = {}
    if payment.amount is not None:
        ((digits,),) = desk.work.run(
            _SCHEDULING["digits"], currency=desk.before.currency
        ).fetchall()
        currency = Currency(desk.before.currency, digits)
        if payment.amount <= 0 or currency.round(payment.amount) != payment.amount:
            raise BadInput(
                f"{payment.amount} can't be collected: an amount in {currency.code} is more than 0"
                f" and has at most {digits} decimals."
            )
        own["amount"] = format(payment.amount, "f")
    if payment.payment_method is not None:
        own["payment_method"] = _method(desk, payment.payment_method)
    return Jsonb(own)


def _method(desk: Desk, given: str) -> str:
    """The handle of a payment method that the bill unit has."""
    handle = parse_handle(given, "payment method")
    known = handle.account_id == desk.before.handle.account_id and desk.work.run(
        _SCHEDULING["pays"], method_id=handle.id
    ).fetchone() == (True,)
    if not known:
        raise NotFound(
            f"The bill unit {desk.before.bill_unit_no!r} has no payment method {given!r}; add it"
            " first."
        )
    return str(handle)


def _may_be_due(desk: Desk, name: str, due_on: date, *, moved: ActionState | None) -> None:
    others = [
        action for action in desk.before.actions if action is not moved and not action.is_instalment
    ]
    rules.may_be_due(
        name,
        due_on,
        today=desk.operation.date,
        dependencies=desk.dependencies,
        closed=[
            rules.Closed(action.status, action.due_on, action.closed_on)
            for action in others
            if action.closed_on is not None
        ],
        pending_dates=[action.due_on for action in others if action.status == ActionStatus.PENDING],
    )


def _settle(desk: Desk, handle: Handle, behind: Sequence[int] | None, followers: int) -> None:
    """The action has its day: give it its place among the dates, see to those that follow."""
    desk.run(_SCHEDULING["place"], action_id=handle.id)
    if behind is None:
        behind = closing.followers(desk, desk.now().action(handle).offset_days)
    if followers < 0:
        closing.cancel(desk, behind)
    elif followers > 0 and behind:
        desk.run(_SCHEDULING["postpone"], action_ids=list(behind), days=followers)
        # one that stands between the action's old day and its new one may change places with it
        desk.run(_SCHEDULING["place"], action_id=handle.id)
    desk.run(_SCHEDULING["measure_intervals"])
    if desk.dependencies:
        dating.conform_to_dependencies(desk.work, dating.ONE_CASE)
