"""Starting severance: the agreements of due cases are screened and nominated, and their processes
begin. A cancelled process whose cut was done starts its reconnection through the same statements.
"""

from pluggy import HookRelay

from dunwell.db import statements
from dunwell.db.statements import Statement
from dunwell.domain.stored_conditions import from_data
from dunwell.features.policy import expressions
from dunwell.features.receivables.agreements import AT_RISK
from dunwell.plugins.batch import Batch

_START = statements.load(__package__, "start.sql")


def start(batch: Batch, hooks: HookRelay) -> None:
    """Begin a process for each agreement that the due actions of the batch nominate."""
    criteria = _criteria(batch)
    severable = Batch(
        batch.connection,
        "severable",
        {**batch.parameters, "first_no": 0, "last_no": 2**31 - 1},
        {**batch.fragments, **AT_RISK, "severance_criteria": criteria},
    )
    batch.execute(_START["candidates"])
    severable.execute(_START["screen"])
    for answer in hooks.screen_severances(batch=severable):
        for no, template in answer.items():
            _run(severable, "choose_template", no=no, template=template)
    severable.execute(_START["nominate"])
    for nos in hooks.nominate_for_severance(batch=severable):
        _run(severable, "nominate_only", nos=list(nos))
    severable.execute(_START["take_nominated"])
    severable.execute(_START["open_processes"])
    severable.execute(_START["log_screened"])
    batch.execute(_START["tell_of_none"])
    for name in ("forget_severable", "forget_starting"):
        severable.execute(_START[name])


def _run(batch: Batch, name: str, **given: object) -> None:
    statement: Statement = _START[name]
    statement.run(batch.connection, {**batch.parameters, **given}, batch.fragments)


def _criteria(batch: Batch) -> str:
    """The templates' own criteria as SQL."""
    rows = _START["templates_with_criteria"].run(batch.connection).fetchall()
    if not rows:
        return "true"
    branches = " ".join(
        f"when {number} then coalesce({expressions.condition(from_data(tree))}, false)"
        for number, tree in rows
    )
    return f"(case severance_template.id {branches} else true end)"
