"""Sending scheduled reports by e-mail, once for each night that makes them due.

Each is made and sent in one transaction that holds its row, and noted as sent at the end. Who dies
in between may have sent it: it is sent again, under the same Message-ID, because a report twice is
better than none.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import psycopg
import structlog
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements, walls
from dunwell.db.database import Database
from dunwell.domain.errors import DunwellError, Forbidden
from dunwell.features.access import roles
from dunwell.features.access.actor import Actor, Operation, Permission
from dunwell.features.access.roles import Role
from dunwell.features.letters import mailing
from dunwell.features.letters.rules import email_address, pause
from dunwell.features.reports import exporting, preparing, running
from dunwell.features.reports.exporting import File
from dunwell.features.reports.report import Answer, Asked
from dunwell.settings import Smtp

_SCHEDULES = statements.load(__package__, "schedules.sql")

Connection = psycopg.Connection[TupleRow]
Row = dict[str, Any]

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Post:
    """With what is sent, and when that is."""

    smtp: Smtp
    now: dt.datetime


def send_due(database: Database, post: Post) -> int:
    """Send what the last prepared night has made due; how many were sent."""
    if post.smtp.host is None:
        return 0
    sent = 0
    with database.connect(autocommit=True) as connection:
        night = preparing.prepared_until(connection)
        while night is not None:
            with connection.transaction():
                row = _next(connection, night, post)
                if row is None:
                    break
                sent += _send(connection, row, night, post)
    return sent


def _next(connection: Connection, night: dt.date, post: Post) -> Row | None:
    with connection.cursor(row_factory=dict_row) as fetching:
        given = {"night": night, "now": post.now}
        return fetching.execute(_SCHEDULES["due"].render(), given).fetchone()


def _send(connection: Connection, row: Row, night: dt.date, post: Post) -> int:
    given = {"id": row["id"], "night": night, "now": post.now}
    try:
        answer = _made(connection, row, night)
        file = exporting.report_file(answer, row["format"])
    except Forbidden as refusal:
        # nobody gets what its maker may not see any more
        _SCHEDULES["stopped"].run(connection, {**given, "message": refusal.message})
        logger.warning("scheduled report stopped", schedule=row["id"])
        return 0
    except DunwellError as failure:
        return _failed(connection, row, failure.message, post)
    content = b"".join(file.pieces())
    failures = []
    for recipient in row["recipients"]:
        try:
            mailing.send(post.smtp, compose(row, answer, file, content, recipient, post))
        except mailing.NotSent as failure:
            failures.append(f"{recipient}: {failure}")
    message = "; ".join(failures) or None
    if len(failures) == len(row["recipients"]):
        return _failed(connection, row, message or "", post)
    _SCHEDULES["sent"].run(connection, {**given, "message": message})
    return 1


def _failed(connection: Connection, row: Row, message: str, post: Post) -> int:
    later = post.now + pause(row["attempts"] + 1)
    given = {"id": row["id"], "message": message, "next_attempt_at": later}
    _SCHEDULES["failed"].run(connection, given)
    logger.warning("scheduled report not sent", schedule=row["id"])
    return 0


def _made(connection: Connection, row: Row, night: dt.date) -> Answer:
    actor = _maker(connection, row)
    walls.enter(connection, actor.brands)
    try:
        asked = Asked(**row["parameters"])
        return running.run(Operation(connection, actor, night), row["report"], asked)
    finally:
        if connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
            walls.leave(connection)


def _maker(connection: Connection, row: Row) -> Actor:
    """Who made the schedule, with the rights of today and no brand that they hadn't then."""
    brands = None if row["brands"] is None else frozenset(row["brands"])
    if row["person_id"] is None:
        return Actor(row["made_by"], frozenset({Permission.READ_REPORTS}), brands)
    with connection.cursor(row_factory=dict_row) as fetching:
        person = fetching.execute(
            _SCHEDULES["person"].render(), {"id": row["person_id"]}
        ).fetchone()
    if person is None or person["disabled"]:
        raise Forbidden(f"{row['made_by']}, who made it, may not come in any more.")
    has = [each for each in person["roles"] if each in set(Role)]
    held = roles.permissions(has, person["granted"], person["denied"])
    if Permission.READ_REPORTS not in held:
        raise Forbidden(f"{row['made_by']}, who made it, may not read reports any more.")
    if person["brands"] is not None:
        now = frozenset(person["brands"])
        brands = now if brands is None else now & brands
    return Actor(row["made_by"], held, brands, agent=person["agent"])


def compose(
    row: Row, answer: Answer, file: File, content: bytes, recipient: str, post: Post
) -> EmailMessage:
    """The e-mail to one recipient, the file attached."""
    origin = email_address(post.smtp.sender or "")
    if origin is None:
        raise mailing.NotSent("no sender: set DUNWELL_SMTP__SENDER")
    message = EmailMessage(policy=mailing.POLICY)
    message["From"] = Address("Dunwell", addr_spec=origin)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = f"{answer.report.title}, {answer.until}"
    message["Date"] = format_datetime(post.now)
    to = hashlib.sha256(recipient.encode()).hexdigest()[:12]
    unique = f"report-{row['id']}-{answer.night}-{to}"
    message["Message-ID"] = f"<{unique}@{origin.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{answer.report.meaning}\n\nAs of the night of {answer.night}."
        f" Sent because {row['made_by']} has scheduled it as {row['name']!r}.\n"
    )
    kind, _, form = file.media_type.partition(";")[0].partition("/")
    message.add_attachment(content, kind, form, filename=file.name)
    return message
