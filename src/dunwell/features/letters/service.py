"""Letters as people work with them: the list, the document as it was sent, and settling those of
which nobody knows whether the mail server took them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import BadFile, BadInput, NotFound
from dunwell.domain.pages import START, Key
from dunwell.domain.statuses import LetterStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.events import log as event_log
from dunwell.features.letters import sample
from dunwell.features.letters.engines import Document
from dunwell.features.letters.rendering import Failed, Renderer
from dunwell.features.letters.templates import Template
from dunwell.features.policy import settings as policy_settings
from dunwell.features.receivables import bill_units

_SERVICE = statements.load(__package__, "service.sql")
_MAILING = statements.load(__package__, "mailing.sql")

Row = dict[str, Any]


def listed(
    operation: Operation,
    bill_unit_no: str | None = None,
    *,
    status: str | None = None,
    after: Key = START,
    limit: int | None = None,
) -> list[Row]:
    """Letters of a bill unit or of all, of one status or of all, oldest first; of a bill unit those
    after a day and a number.
    """
    return _listed(operation, bill_unit_no, status=status, after=after, limit=limit)


def find(operation: Operation, bill_unit_no: str, letter: int) -> Row:
    """One letter of a bill unit. Raises NotFound."""
    for row in _listed(operation, bill_unit_no, letter=letter):
        return row
    raise NotFound(f"The bill unit {bill_unit_no!r} has no letter {letter}.")


def _listed(
    operation: Operation,
    bill_unit_no: str | None,
    *,
    status: str | None = None,
    letter: int | None = None,
    after: Key = START,
    limit: int | None = None,
) -> list[Row]:
    operation.actor.require(Permission.VIEW)
    if bill_unit_no is not None:
        bill_units.find(operation, bill_unit_no)
    if status is not None and status not in list(LetterStatus):
        raise BadInput(f"{status!r} is no status; choose one of {', '.join(LetterStatus)}.")
    given = {
        "bill_unit_no": bill_unit_no,
        "status": status,
        "id": letter,
        "brands": operation.actor.brand_ids,
        "after_day": after[0],
        "after_id": after[1],
        "most": limit,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SERVICE["listed"].render(), given).fetchall()


def document(operation: Operation, bill_unit_no: str, letter: int) -> Document:
    """A letter's document as it was rendered. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    unit = bill_units.find(operation, bill_unit_no)
    given = {"account_id": unit.account_id, "bill_unit_id": unit.id, "id": letter}
    row = _SERVICE["document"].run(operation.connection, given).fetchone()
    if row is None:
        raise NotFound(f"The bill unit {bill_unit_no!r} has no rendered letter {letter}.")
    return Document(bytes(row[0]), row[1])


def preview(
    operation: Operation, template: Template, form: str, bill_unit_no: str | None = None
) -> Document:
    """A template with the data of a bill unit's last letter, or with made-up ones. Raises BadInput
    if it can't be rendered.
    """
    operation.actor.require(Permission.VIEW)
    forms = ("pdf", "png") if template.engine == "typst" else (template.format,)
    if form not in forms:
        raise BadInput(
            f"The template {template.title} can be shown as {' or '.join(forms)}, not as {form}."
        )
    data: Any = sample.data(template.locale)
    sender: Any = sample.SENDER
    if bill_unit_no is not None:
        data, sender = _last_data(operation, bill_unit_no)
    days = policy_settings.read(operation.connection).days_to_pay
    with Renderer(1) as renderer:
        outcome = renderer.render(template.job(data, sender, days_to_pay=days, form=form))
    if isinstance(outcome, Failed):
        raise BadInput(f"The {outcome.message}.")
    return outcome


def _last_data(operation: Operation, bill_unit_no: str) -> tuple[Any, Any]:
    unit = bill_units.find(operation, bill_unit_no)
    given = {"account_id": unit.account_id, "bill_unit_id": unit.id}
    row = _SERVICE["data"].run(operation.connection, given).fetchone()
    if row is None:
        raise NotFound(f"No letter was ever made for the bill unit {bill_unit_no!r}.")
    return row[0], row[4]


@dataclass(frozen=True, slots=True)
class Settled:
    """How many uncertain letters turned out to be sent, and how many go out again."""

    sent: int
    again: int


def settle(operation: Operation, bill_unit_no: str, letter: int, *, sent: bool) -> None:
    """A person knows whether the mail server has an uncertain letter. Raises NotFound."""
    operation.actor.require(Permission.DELIVER)
    bill_units.find(operation, bill_unit_no)
    rows = _uncertain(operation, bill_unit_no=bill_unit_no, letter=letter)
    if not rows:
        raise NotFound(f"The bill unit {bill_unit_no!r} has no uncertain letter {letter}.")
    _settle(operation, rows[0], sent=sent)


def settle_by_log(operation: Operation, log: Path) -> Settled:
    """Settle every uncertain letter by the mail server's log: what it names by Message-ID it has,
    the others go out again. The log must reach back to the delivery that was cut short.
    """
    operation.actor.require(Permission.DELIVER)
    rows = _uncertain(operation)
    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            known = _named(lines, [row["message_id"] for row in rows])
    except OSError as failure:
        raise BadFile(f"The log {log} can't be read ({failure}).") from failure
    for row in rows:
        _settle(operation, row, sent=row["message_id"] in known)
    return Settled(sent=len(known), again=len(rows) - len(known))


def _named(lines: Iterable[str], message_ids: list[str]) -> set[str]:
    # as `<dunwell.7.12.0fe3@…`: one must not be found in another that begins alike
    missing = set(message_ids)
    found: set[str] = set()
    for line in lines:
        if "dunwell." in line:
            found |= {each for each in missing - found if f"<{each}@" in line}
    return found


def _uncertain(
    operation: Operation, *, bill_unit_no: str | None = None, letter: int | None = None
) -> list[Row]:
    event_log.ensure_month(operation.connection, operation.date)
    given = {"bill_unit_no": bill_unit_no, "id": letter, "brands": operation.actor.brand_ids}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SERVICE["uncertain"].render(), given).fetchall()


def _settle(operation: Operation, row: Row, *, sent: bool) -> None:
    statement = _MAILING["sent"] if sent else _SERVICE["send_again"]
    statement.run(
        operation.connection,
        {
            "account_id": row["account_id"],
            "id": row["id"],
            "message_id": row["message_id"],
            "business_date": operation.date,
            "actor": operation.actor.name,
        },
    )
