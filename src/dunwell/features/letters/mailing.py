"""E-mailed letters, one by one through the mail server.

A letter is marked as `sending` when the server has said that it will take it, right before its
text goes out, and as sent when the server has it. If the connection or the process ends in between,
nobody here can know: the letter is `uncertain`, is not sent again by itself, and is reported until
the server's log or a person says what happened (`service.settle`).
"""

import datetime as dt
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from lxml import html

from dunwell.db import statements
from dunwell.domain.errors import BadInput
from dunwell.features.letters import rules
from dunwell.features.letters.delivering import Round, Row
from dunwell.settings import Smtp

_MAILING = statements.load(__package__, "mailing.sql")
_DELIVERING = statements.load(__package__, "delivering.sql")

POLICY = SMTP.clone(cte_type="7bit")
"""Whatever server: text is encoded so that it passes."""

BATCH = 50
NO_SENDER = "no sender: set DUNWELL_SMTP__SENDER, or `email` in the brand's sender of the policy"
READY_FOR_TEXT = 354


class _Unusable(Exception):
    """The server can't be used now: no letter can go."""


class _Refused(Exception):
    """The server doesn't take this letter; later perhaps, if that is so `for_now`."""

    def __init__(self, reason: str, *, for_now: bool) -> None:
        super().__init__(reason)
        self.for_now = for_now


class _Uncertain(Exception):
    """The connection ended before the server said whether it has the letter."""


def deliver(round_: Round, smtp: Smtp) -> None:
    """Send every rendered e-mail letter that is due and still wanted."""
    if smtp.host is None:
        waiting = _MAILING["waiting"].run(round_.connection).fetchone()
        round_.counts["without_mail_server"] += waiting[0] if waiting else 0
        return
    server = _Server(smtp)
    try:
        while True:
            with round_.connection.transaction():
                due = round_.rows(_MAILING["due"], moment=round_.moment, most=BATCH)
                wanted = round_.still_wanted(due)
            for row in wanted:
                _send(round_, server, row)
            if not due:
                return
    except _Unusable as failure:
        given = {"message": f"mail server: {failure}", "moment": round_.moment}
        round_.counts["deferred"] += _MAILING["defer_all"].run(round_.connection, given).rowcount
    finally:
        server.close()


class NotSent(Exception):
    """One message couldn't be sent, and why."""


def send(smtp: Smtp, message: EmailMessage) -> None:
    """Send a single message that is no letter, to its one recipient. Raises NotSent, also if the
    connection ended before the server said whether it has it.
    """
    server = _Server(smtp)
    try:
        server.offer(message)
        server.hand_over(message)
    except (_Unusable, _Refused, _Uncertain, BadInput) as failure:
        raise NotSent(f"mail server: {failure}") from failure
    finally:
        server.close()


def _send(round_: Round, server: "_Server", row: Row) -> None:
    key = {"account_id": row["account_id"], "id": row["id"], "business_date": round_.date}
    try:
        message = compose(row, server.settings, round_.moment)
    except ValueError as failure:
        _DELIVERING["set_aside"].run(round_.connection, {**key, "message": str(failure)})
        round_.counts["failed"] += 1
        return
    except _Refused as refusal:
        _not_taken(round_, row, key, refusal)
        return
    try:
        server.offer(message)
        if _MAILING["sending"].run(round_.connection, key).rowcount != 1:
            # somebody has changed it meanwhile
            server.hang_up()
            return
        server.hand_over(message)
    except _Refused as refusal:
        _not_taken(round_, row, key, refusal)
    except _Uncertain as failure:
        _MAILING["uncertain"].run(round_.connection, {**key, "message": str(failure)})
        round_.counts["uncertain"] += 1
    else:
        given = {**key, "message_id": message["Message-ID"], "actor": "delivery"}
        _MAILING["sent"].run(round_.connection, given)
        round_.counts["mailed"] += 1


def _not_taken(round_: Round, row: Row, key: dict[str, Any], refusal: _Refused) -> None:
    attempts = row["attempts"] + 1
    reason = f"mail server: {refusal}"
    if refusal.for_now and attempts < rules.MOST_ATTEMPTS:
        later = round_.moment + rules.pause(attempts)
        _MAILING["defer"].run(
            round_.connection, {**key, "message": reason, "next_attempt_at": later}
        )
        round_.counts["deferred"] += 1
    else:
        _DELIVERING["set_aside"].run(round_.connection, {**key, "message": reason})
        round_.counts["failed"] += 1


def compose(row: Row, smtp: Smtp, moment: dt.datetime) -> EmailMessage:
    """The e-mail of a letter. Raises ValueError for an address that can't be used, and _Refused
    while its brand has no sender: those of other brands needn't wait for that.
    """
    facts = row["facts"]
    sender = facts["sender"]
    recipient = rules.email_address(row["email"] or "")
    if recipient is None:
        raise ValueError("the account's e-mail address can't be used; correct it, or empty it")
    origin = rules.email_address(smtp.sender or sender.get("email") or "")
    if origin is None:
        raise _Refused(NO_SENDER, for_now=True)
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(_header(sender.get("name") or ""), addr_spec=origin)
    message["To"] = Address(addr_spec=recipient)
    if (reply := rules.email_address(sender.get("email") or "")) and reply != origin:
        message["Reply-To"] = Address(addr_spec=reply)
    message["Subject"] = _header(facts["subject"]) or row["bill_unit_no"]
    message["Date"] = format_datetime(moment)
    message["Message-ID"] = f"<{row['message_id']}@{origin.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    _fill(message, row, facts)
    return message


def _fill(message: EmailMessage, row: Row, facts: dict[str, Any]) -> None:
    content, media_type = bytes(row["content"]), row["media_type"]
    if "body" not in facts:
        _set_body(message, content.decode(), media_type)
        return
    _set_body(message, facts["body"], facts["body_media_type"])
    kind, _, form = media_type.partition("/")
    number = re.sub(r"[^A-Za-z0-9._-]", "_", row["bill_unit_no"])
    ending = {"pdf": "pdf", "html": "html", "plain": "txt"}[form]
    message.add_attachment(content, kind, form, filename=f"{number}.{ending}")


def _set_body(message: EmailMessage, text: str, media_type: str) -> None:
    if media_type == "text/html":
        plain = html.document_fromstring(text).text_content() if text.strip() else ""
        message.set_content("\n".join(line.strip() for line in plain.splitlines() if line.strip()))
        message.add_alternative(text, subtype="html")
    else:
        message.set_content(text)


def _header(text: str) -> str:
    """One line without control signs: nobody adds a header through a name."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


@dataclass(slots=True)
class _Server:
    """The connection to the mail server, made when the first letter needs it."""

    settings: Smtp
    _connection: smtplib.SMTP | None = None

    def offer(self, message: EmailMessage) -> None:
        """Ask the server to take a letter, up to the point where it waits for the text."""
        connection = self._connected()
        bounce = self.settings.bounce_address or message["From"].addresses[0].addr_spec
        try:
            self._expect(connection.mail(bounce), whole_server=True)
            self._expect(connection.rcpt(message["To"].addresses[0].addr_spec))
            connection.putcmd("data")
            code, reply = connection.getreply()
            if code != READY_FOR_TEXT:
                self._expect((code, reply))
        except (OSError, smtplib.SMTPException) as failure:
            self.close()
            raise _Unusable(str(failure)) from failure

    def hand_over(self, message: EmailMessage) -> None:
        """Send the text; the server has the letter when this returns."""
        assert self._connection is not None
        text = re.sub(rb"(?m)^\.", b"..", message.as_bytes())
        if not text.endswith(b"\r\n"):
            text += b"\r\n"
        try:
            self._connection.send(text + b".\r\n")
            code, reply = self._connection.getreply()
        except (OSError, smtplib.SMTPException) as failure:
            self.close()
            raise _Uncertain(f"the connection ended while it was sent: {failure}") from failure
        self._expect((code, reply))

    def _expect(self, answer: tuple[int, bytes], *, whole_server: bool = False) -> None:
        code, reply = answer
        if 200 <= code < 300:  # noqa: PLR2004 - the server's good answers
            return
        reason = f"{code} {reply.decode('utf-8', 'replace')}"
        assert self._connection is not None
        with suppress(OSError, smtplib.SMTPException):
            self._connection.rset()
        if whole_server or code == 421:  # noqa: PLR2004 - the server is closing
            self.close()
            raise _Unusable(reason)
        raise _Refused(reason, for_now=code < 500)  # noqa: PLR2004 - 5xx: for good

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            try:
                self._connection = self._connect()
            except (OSError, smtplib.SMTPException) as failure:
                raise _Unusable(str(failure)) from failure
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        settings = self.settings
        assert settings.host is not None
        trusted = ssl.create_default_context()
        if settings.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout, context=trusted
            )
        else:
            connection = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
        if settings.security == "starttls":
            connection.starttls(context=trusted)
        connection.ehlo_or_helo_if_needed()
        if settings.user:
            if settings.security == "none" and settings.host not in ("localhost", "127.0.0.1"):
                raise BadInput(
                    "A password isn't sent without encryption; set DUNWELL_SMTP__SECURITY to"
                    " starttls or tls."
                )
            connection.login(settings.user, settings.password.get_secret_value())
        return connection

    def close(self) -> None:
        """Say goodbye, if anybody is there."""
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self.hang_up()

    def hang_up(self) -> None:
        """Without a word: a server that waits for a text would take a goodbye for it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
