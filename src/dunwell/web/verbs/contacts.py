"""Customer contacts, recorded."""

import datetime as dt
from typing import Annotated

from pydantic import StringConstraints

from dunwell.domain.statuses import ContactChannel, Direction
from dunwell.features.access.actor import Permission
from dunwell.features.contacts import service
from dunwell.features.policy import queries as policies
from dunwell.web import forms, words
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Verb, entry

MAY = (Permission.PROMISE_TO_PAY,)
BETWEEN = " / "


class Contacting(forms.Given):
    """What was spoken or written about, how, and when."""

    kind: forms.Line
    direction: Direction
    channel: ContactChannel
    contacted_on: dt.date | None = None
    text: Annotated[str, StringConstraints(max_length=service.LONGEST)] = ""


def _record(asked: Asked, given: Contacting) -> str:
    contact_class, _between, contact_type = given.kind.partition(BETWEEN)
    service.record(
        asked.operation,
        asked.number,
        given.text,
        contact_class=contact_class,
        contact_type=contact_type or contact_class,
        direction=given.direction,
        channel=given.channel,
        contacted_on=given.contacted_on,
    )
    return _("The contact is recorded.")


def _fields(asked: Asked) -> list[Field]:
    known = policies.objects(asked.operation.connection, "contact_type", asked.operation.actor.sees)
    kinds = sorted(
        {BETWEEN.join((each.category or "", each.name)) for each in known}
        | {BETWEEN.join(each) for each in service.PREDEFINED}
    )
    return [
        entry("kind", _("About"), choices=[(each, each) for each in kinds], required=True),
        entry(
            "direction",
            _("Direction"),
            Direction.INBOUND,
            choices=[(str(each), words.word("direction", each)) for each in Direction],
        ),
        entry(
            "channel",
            _("Channel"),
            ContactChannel.PHONE,
            choices=[(str(each), words.word("channel", each)) for each in ContactChannel],
        ),
        entry("contacted_on", _("Day"), asked.today, type="date", max=asked.today),
        entry("text", _("What was said"), rows=3, maxlength=service.LONGEST),
    ]


VERBS = (
    Verb(
        "contact",
        N_("Record a contact"),
        MAY,
        Contacting,
        _record,
        fields=_fields,
        back_to="contacts",
    ),
)
