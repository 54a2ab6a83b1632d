"""Invoice reminders: rendered after the night, they wait for the bill unit's next invoice. The
billing system claims those of the invoices that it prints, and confirms each with the invoice's
number.
"""

import csv
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.spreadsheets import cell
from dunwell.domain.statuses import ReminderStatus, TemplateKind
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import rules
from dunwell.features.letters.delivering import Round, Row
from dunwell.features.letters.rendering import Failed, Job, Renderer
from dunwell.features.receivables import bill_units

_REMINDERS = statements.load(__package__, "reminders.sql")
_WANTED = statements.load(__package__, "wanted.sql")

BATCH = 200
MOST = 100_000
COLUMNS = ("id", "account_no", "bill_unit_no", "made_on", "template", "content")


def render(round_: Round, renderer: Renderer) -> None:
    """Render everything that is ready and still wanted; it then waits for an invoice."""
    while _render_batch(round_, renderer):
        pass


def try_again(round_: Round) -> None:
    """Reminders in error are ready once more."""
    _REMINDERS["try_again"].run(round_.connection)


def _render_batch(round_: Round, renderer: Renderer) -> bool:
    with round_.connection.transaction():
        claimed = round_.rows(_REMINDERS["claim_ready"], business_date=round_.date, most=BATCH)
        jobs: list[tuple[Row, Job]] = []
        for row in round_.still_wanted(claimed, "reminder_message"):
            try:
                template = round_.template(TemplateKind.INVOICE_REMINDER, row["template"], row)
                jobs.append((row, round_.job(template, row)))
            except NotFound as missing:
                _set_aside(round_, row, missing.message)
        outcomes = list(renderer.render_all(job for _, job in jobs))
        for (row, _), outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, Failed):
                _set_aside(round_, row, outcome.message)
            else:
                given = {**_key(row), "content": outcome.content.decode().strip()}
                _REMINDERS["rendered"].run(round_.connection, given)
                round_.counts["reminders"] += 1
    return bool(claimed)


def _set_aside(round_: Round, row: Row, message: str) -> None:
    given = {**_key(row), "message": message, "business_date": round_.date}
    _REMINDERS["set_aside"].run(round_.connection, given)
    round_.counts["failed"] += 1


def _key(row: Row) -> dict[str, Any]:
    return {"account_id": row["account_id"], "id": row["id"]}


def listed(
    operation: Operation,
    bill_unit_no: str | None = None,
    *,
    everything: bool = False,
    after: tuple[int, int] = (0, 0),
    most: int | None = None,
) -> list[Row]:
    """Reminders that wait or are claimed, of one bill unit or of all; with `everything` also those
    that are confirmed, withdrawn or in error. The next ones come `after` the last one's account
    and id.
    """
    operation.actor.require(Permission.VIEW)
    if bill_unit_no is not None:
        bill_units.find(operation, bill_unit_no)
    statuses = list(ReminderStatus) if everything else ["waiting", "claimed"]
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            _REMINDERS["listed"].render(),
            {
                "statuses": [str(status) for status in statuses],
                "bill_unit_no": bill_unit_no,
                "brands": operation.actor.brand_ids,
                "after_account": after[0],
                "after_id": after[1],
                "most": most,
            },
        ).fetchall()


def claim(operation: Operation, bill_unit_no: str | None = None, *, most: int = 1_000) -> list[Row]:
    """Take waiting reminders for the invoices that are printed now, those of one bill unit or as
    many as asked: nobody else gets them. What is no longer wanted is withdrawn instead.
    """
    operation.actor.require(Permission.DELIVER)
    if not 1 <= most <= MOST:
        raise BadInput(f"{most} reminders can't be claimed at once; ask for 1 to {MOST:,}.")
    if bill_unit_no is not None:
        bill_units.own(operation, bill_unit_no)
    given = {"bill_unit_no": bill_unit_no, "brands": operation.actor.brand_ids, "most": most}
    keys = _REMINDERS["keys_of_waiting"].run(operation.connection, given).fetchall()
    columns = {
        "account_ids": [account_id for account_id, _ in keys],
        "ids": [number for _, number in keys],
    }
    _WANTED["withdraw"].run(
        operation.connection,
        {**columns, "business_date": operation.date, "kind": "reminder_withdrawn"},
        rules.WANTED_OF["reminder_message"],
    )
    taken = set(_REMINDERS["claim"].run(operation.connection, columns))
    numbers = {number for _, number in taken}
    return [row for row in listed(operation, bill_unit_no) if row["id"] in numbers]


def confirm(operation: Operation, bill_unit_no: str, reminder: int, invoice_no: str) -> None:
    """Say on which invoice a reminder was printed; saying it again changes nothing. Raises
    NotFound, RuleViolation if it was printed on another one or was withdrawn.
    """
    given, found = _own(operation, bill_unit_no, reminder)
    if not invoice_no.strip():
        raise BadInput("The invoice has no number; say which it is.")
    match found:
        case "confirmed", known if known == invoice_no:
            return
        case "confirmed", known:
            raise RuleViolation(
                "already_confirmed",
                f"The reminder {reminder} was printed on invoice {known!r}, not {invoice_no!r}.",
            )
        case (("waiting" | "claimed"), _):
            _REMINDERS["confirm"].run(
                operation.connection,
                {
                    **given,
                    "invoice_no": invoice_no,
                    "actor": operation.actor.name,
                    "business_date": operation.date,
                },
            )
        case status, _:
            raise RuleViolation(
                "not_waiting",
                f"The reminder {reminder} is {status}; only one that waits can be confirmed.",
            )


def release(operation: Operation, bill_unit_no: str, reminder: int) -> None:
    """Give back a claimed reminder whose invoice didn't come about; it waits for the next one."""
    given, (status, _) = _own(operation, bill_unit_no, reminder)
    if status != ReminderStatus.CLAIMED:
        raise RuleViolation("not_claimed", f"The reminder {reminder} is {status}, not claimed.")
    _REMINDERS["release"].run(operation.connection, given)


def _own(
    operation: Operation, bill_unit_no: str, reminder: int
) -> tuple[dict[str, Any], tuple[str, str | None]]:
    operation.actor.require(Permission.DELIVER)
    unit = bill_units.own(operation, bill_unit_no)
    given = {"account_id": unit.account_id, "bill_unit_id": unit.id, "id": reminder}
    row = _REMINDERS["of_bill_unit"].run(operation.connection, given).fetchone()
    if row is None:
        raise NotFound(f"The bill unit {bill_unit_no!r} has no reminder {reminder}.")
    return given, (row[1], row[2])


def export(round_: Round, folder: Path) -> Path | None:
    """Write the reminders that wait as a CSV file for the billing system; none if none wait. They
    go on waiting until they are confirmed.
    """
    rows = round_.rows(
        _REMINDERS["listed"],
        statuses=["waiting"],
        bill_unit_no=None,
        brands=None,
        after_account=0,
        after_id=0,
        most=None,
    )
    if not rows:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"reminders-{round_.date}.csv"
    draft = target.with_name(f".{target.name}.part")
    with draft.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    draft.replace(target)
    return target
