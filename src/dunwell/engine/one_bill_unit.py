"""One bill unit in a person's hands: posted and measured as the night would. One in a sharing group
is measured with its group, which is one debtor.
"""

from collections.abc import Sequence
from typing import Any

from dunwell.engine import policy_in_force
from dunwell.features.access.actor import Operation
from dunwell.features.cases import examining
from dunwell.features.policy.today import last_night
from dunwell.features.receivables import measuring, posting
from dunwell.features.receivables.bill_units import own_accounts
from dunwell.features.receivables.work import Work, create_temporary_tables
from dunwell.features.sharing import grouping


def measured(
    operation: Operation,
    account_id: int,
    bill_unit_id: int,
    *,
    case_id: int | None = None,
    **parameters: Any,
) -> Work:
    """The work on one bill unit, measured on the operation's date; for one case, it is among it.

    What posting changed in other bill units of its accounts is left for the next night.
    """
    connection = operation.connection
    create_temporary_tables(connection)
    policy = policy_in_force.read(connection, operation.date)
    work = Work(
        connection=connection,
        hooks=operation.hooks,
        parameters={
            **policy.parameters,
            "actor": operation.actor.name,
            "run_id": None,
            "account_id": account_id,
            "bill_unit_id": bill_unit_id,
            "first_account": account_id,
            "last_account": account_id,
            "last_date": last_night(connection),
            **parameters,
        },
        fragments=dict(policy.fragments),
    )
    in_group = _with_group(operation, work)
    if not in_group:
        _take_turns(work, [account_id])
        posting.post(connection, work.parameters)
        examining.leave_others_touched(work)
        examining.examine_one(work)
        examining.units(work)
    if case_id is not None:
        connection.execute(
            "insert into due_case (account_id, case_id, bill_unit_id) values (%s, %s, %s)",
            [account_id, case_id, bill_unit_id],
        )
    if in_group:
        grouping.measure(work)
    else:
        measuring.measure(work, everything=False)
    return work


def _take_turns(work: Work, accounts: Sequence[int]) -> None:
    """Two who post for one account take turns: a payment must not be applied by both."""
    work.connection.execute(
        "select id from account where id = any(%s) order by id for no key update", [list(accounts)]
    )


def _with_group(operation: Operation, work: Work) -> bool:
    """Take in the group that the bill unit is in, if it is in one, with all its accounts."""
    group = grouping.group_of(work)
    if group is None:
        return False
    accounts = grouping.take(work, group, group)
    own_accounts(operation, accounts)
    _take_turns(work, accounts)
    for account in accounts:
        of_account = {"first_account": account, "last_account": account}
        posting.post(work.connection, {**work.parameters, **of_account})
    grouping.gather(work, everything=True)
    grouping.leave_others_touched(work)
    return True


def forget(work: Work) -> None:
    """Empty the temporary tables: the surface may do more in the same transaction."""
    for table in TABLES:
        work.connection.execute(f"delete from {table}".encode())


TABLES = (
    *("examined", "unit", "due_case", "postable", "disputed_item", "work", "closed_case"),
    *("candidate", "offer", "entry", "due_action", "moving", "examined_group", "group_share"),
    *("followed", "standing"),
    *("severable", "starting_severance", "due_severance_event", "ended_severance"),
)
