"""Keeping the collection status and the credit alerts: the last step of a slice's night, of
settling, and of every service's transaction.

Nobody sets a status by hand. It is derived from cases, severance and bill units; whoever changed
one of those left an event or a mark that carries this transaction, so only those bill units are
looked at. Without the policy's `collection_status` nothing is asked.
"""

from dunwell.db import statements
from dunwell.features.access.actor import Operation
from dunwell.features.receivables.work import Work, create_temporary_tables

_FOLLOWING = statements.load(__package__, "following.sql")

_LAST_ACCOUNT = 2**62


def follow(work: Work, *, everybody: bool = False) -> int:
    """Follow what the slice's transaction has changed, or everybody of the slice; how many bill
    units have another status.
    """
    if not work.parameters["collection_status"]:
        return 0
    if everybody:
        work.fill("followed", _FOLLOWING["everybody"])
    work.fill("followed", _FOLLOWING["changed_here"])
    if work.parameters.get("last_date") is not None and not everybody:
        work.fill("followed", _FOLLOWING["come_of_age"])
    return _conclude(work)


def follow_operation(operation: Operation) -> int:
    """The same for a service or a load that is about to commit; one question for the others."""
    connection = operation.connection
    ((follows, alerts),) = _FOLLOWING["asked_for"].run(connection).fetchall()
    if not follows:
        return 0
    create_temporary_tables(connection)
    work = Work(
        connection=connection,
        hooks=operation.hooks,
        parameters={
            "business_date": operation.date,
            "actor": operation.actor.name,
            "run_id": None,
            "first_account": 0,
            "last_account": _LAST_ACCOUNT,
            "credit_alerts": alerts,
        },
    )
    if not work.fill("followed", _FOLLOWING["changed_here"]):
        return 0
    ((first, last, today),) = work.run(_FOLLOWING["bounds"]).fetchall()
    given = {"first_account": first, "last_account": last, "business_date": today}
    work.parameters = {**work.parameters, **given}
    work.run(_FOLLOWING["take_turns"])
    return _conclude(work)


def _conclude(work: Work) -> int:
    changed = work.fill("standing", _FOLLOWING["derive"])
    if changed:
        work.run(_FOLLOWING["store"])
        work.run(_FOLLOWING["log"])
        work.run(_FOLLOWING["close"])
        if work.parameters["credit_alerts"]:
            work.run(_FOLLOWING["raise"])
        work.run(_FOLLOWING["clear_standing"])
    work.run(_FOLLOWING["clear"])
    return changed
