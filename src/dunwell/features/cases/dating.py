"""How a case's dates move: with its overdue date, and with what was closed early or late."""

from dunwell.db import statements
from dunwell.features.receivables.work import Work

_DATES = statements.load(__package__, "dates.sql")

PERFORMED_TONIGHT = "select case_account_id, case_id from due_action where outcome = 'completed'"
EVERY_CASE = (
    "select account_id, id from collection_case where status = 'open'"
    " and account_id between %(first_account)s::bigint and %(last_account)s::bigint"
)
ONE_CASE = "select %(account_id)s::bigint, %(case_id)s::bigint"


def follow_overdue_date(work: Work) -> None:
    """Keep the dates of cases up to date where the overdue date is that of the earliest item."""
    if work.parameters["overdue_date"] == "earliest":
        work.run(_DATES["follow_overdue_date"])


def advance(work: Work, cases: str, *, moves: bool = True) -> None:
    """Dependencies: release the next date of the cases (a subquery) whose last one is closed.

    With `moves` what remains keeps its intervals to the day on which the date was closed;
    otherwise it keeps its dates.
    """
    work.fragments["cases"] = cases
    if not work.count(_DATES["release_date"], moves=moves):
        return
    work.run(_DATES["move_released"])
    work.run(_DATES["log_released"])
    work.run(_DATES["stop_unmoved"])
    # one date for each round, so at most as many rounds as a scenario has steps
    while work.count(_DATES["next_moving"]):
        pass


def conform_to_dependencies(work: Work, cases: str = EVERY_CASE) -> None:
    """After a change of the setting, or of a case's dates by hand: what may run and what waits."""
    work.fragments["cases"] = cases
    name = "impose" if work.parameters["action_dependencies"] else "drop"
    work.run(_DATES[f"{name}_dependencies"])
