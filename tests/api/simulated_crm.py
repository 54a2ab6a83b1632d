"""A CRM as they are: it hears by webhook on a real port, is slow, forgets that it has heard, does
things in another order, loses answers, and is away at times.

What it knows of our rows it takes from the mirror, possibly long after it asked; a higher version
wins. What its people do goes out as messages, in any order, some of them more than once.
"""

import datetime as dt
import socket
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.features.subscriptions.receiving import Received, Subscriber

Row = dict[str, Any]

LISTS = ("actions", "cases", "credit_alerts")
CHANGES = {
    "actions": ["completed", "cancelled", "rescheduled", "commented"],
    "credit_alerts": ["recorded", "recorded", "commented", "closed"],
}


def _cut(handler: Any) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


@dataclass
class SimulatedCrm:
    """`client` calls the API with the CRM's key; `random` decides what goes wrong."""

    client: Any
    headers: dict[str, str]
    subscriber: Subscriber
    random: Random
    trouble: bool = True
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    inbox: list[str] = field(default_factory=list)
    """Bill units of which something was heard."""
    snapshots: list[Row] = field(default_factory=list)
    """Mirrors that were fetched and not taken in yet."""
    outbox: list[Row] = field(default_factory=list)
    answers: dict[str, Row] = field(default_factory=dict)
    numbers: int = 0
    clock: dt.datetime = dt.datetime(2026, 6, 20, 8, tzinfo=dt.UTC)

    def __post_init__(self) -> None:
        self.subscriber.answer(self._hear)

    def _hear(self, message: Received) -> Any:
        if self.trouble and self.random.random() < 0.2:
            return 503
        if self.trouble and self.random.random() < 0.1:
            self.inbox.append(message.subject)
            # heard, and the line cut before it could say so
            return _cut
        self.inbox.append(message.subject)
        return 204

    def look(self) -> None:
        """Fetch the mirror of something that was heard; forget it, or not."""
        if not self.inbox:
            return
        place = self.random.randrange(len(self.inbox))
        number = self.inbox[place]
        answer = self.client.get(f"/api/v1/systems/siebel/mirror/{number}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        self.snapshots.append(answer.json())
        if not (self.trouble and self.random.random() < 0.3):
            del self.inbox[place]

    def take_in(self) -> None:
        """Take in some snapshot, perhaps an old one after a newer one."""
        if self.snapshots:
            place = self.random.randrange(len(self.snapshots))
            snapshot = self.snapshots.pop(place)
            for noun in LISTS:
                for row in snapshot[noun]:
                    self._learn(noun, row)

    def _learn(self, noun: str, row: Row) -> None:
        known = self.rows.get((noun, row["handle"]))
        if known is None or row["version"] >= known["version"]:
            # its own name for it has no version: an old snapshot may not have had it yet
            known_as = row["their_id"] or (known and known["their_id"])
            self.rows[noun, row["handle"]] = {**row, "their_id": known_as}

    def act(self) -> None:
        """Somebody at the CRM changes what they see."""
        seen = [(noun, row) for (noun, _), row in self.rows.items() if noun in CHANGES]
        if not seen:
            return
        noun, row = self.random.choice(seen)
        self.clock += dt.timedelta(minutes=1)
        self.numbers += 1
        change = self.random.choice(CHANGES[noun])
        message = {
            "message_id": f"M-{self.numbers}",
            "noun": noun.removesuffix("s"),
            "change": change,
            "handle": row["handle"],
            "their_id": f"CRM-{row['handle']}",
            "version": row["version"],
            "their_time": self.clock.isoformat(),
            "note": f"note {self.numbers}",
        }
        if change == "rescheduled":
            days = self.random.randrange(1, 40)
            message["due_on"] = str(dt.date(2026, 6, 20) + dt.timedelta(days=days))
        if change == "recorded":
            message["activity"] = "reminder_call"
        if change == "closed":
            # a note would be an activity of its own
            del message["note"]
        self.outbox.append(message)

    def send(self) -> None:
        """Send some message; repeat it later if the answer was lost, and at times if it wasn't."""
        if not self.outbox:
            return
        place = self.random.randrange(len(self.outbox))
        message = self.outbox[place]
        answer = self.client.post(
            "/api/v1/systems/siebel/changes", headers=self.headers, json=message
        )
        assert answer.status_code == 200, answer.text
        told = answer.json()
        first = self.answers.setdefault(message["message_id"], told)
        assert {**told, "repeated": False} == {**first, "repeated": False}
        if self.trouble and self.random.random() < 0.3:
            return
        self._learn(f"{message['noun']}s", told["state"])
        del self.outbox[place]

    def calm_down(self) -> None:
        """No more trouble: everything that is under way arrives."""
        self.trouble = False
        while self.outbox:
            self.send()
        while self.inbox:
            self.look()
        while self.snapshots:
            self.take_in()
