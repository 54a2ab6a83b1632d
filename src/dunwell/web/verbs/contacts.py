"""Customer contacts, recorded."""

import datetime as dt
from typing import Annotated

from pydantic import Field as Bounds
from pydantic import StringConstraints

from dunwell.domain.errors import BadInput
from dunwell.domain.statuses import ContactChannel, Direction
from dunwell.features.access.actor import Permission
from dunwell.features.contacts import service
from dunwell.features.letters import service as letters
from dunwell.features.policy import queries as policies
from dunwell.web import formats, forms, words
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Verb, entry

MAY = (Permission.PROMISE_TO_PAY,)


class Contacting(forms.Given):
    """What was spoken or written about, how, and when."""

    kind: forms.Line
    direction: Direction
    channel: ContactChannel
    contacted_on: dt.date | None = None
    letter_id: Annotated[int, Bounds(ge=1, le=2**31 - 1)] | None = None
    text: Annotated[str, StringConstraints(max_length=service.LONGEST)] = ""


def _kinds(asked: Asked) -> dict[str, tuple[str, str]]:
    """Class and type of the contacts that there are, by what people read."""
    found = policies.objects(asked.operation.connection, "contact_type", asked.operation.actor.sees)
    known = {(each.category or "", each.name) for each in found} | service.PREDEFINED
    return {" / ".join(each): each for each in sorted(known)}


def _record(asked: Asked, given: Contacting) -> str:
    kinds = _kinds(asked)
    if given.kind not in kinds:
        raise BadInput(_("There is no such contact type any more; choose another."))
    contact_class, contact_type = kinds[given.kind]
    service.record(
        asked.operation,
        asked.number,
        given.text,
        contact_class=contact_class,
        contact_type=contact_type,
        direction=given.direction,
        channel=given.channel,
        contacted_on=given.contacted_on,
        letter_id=given.letter_id,
    )
    return _("The contact is recorded.")


def _letters(asked: Asked) -> list[Field]:
    """Which letter it was about, where there are some; the newest first."""
    known = [
        (str(each["id"]), f"{formats.date(each['made_on'])} · {each['template']}")
        for each in letters.listed(asked.operation, asked.number)[::-1]
    ]
    return [entry("letter_id", _("Letter"), choices=[("", _("none")), *known])] if known else []


def _fields(asked: Asked) -> list[Field]:
    return [
        entry("kind", _("About"), choices=[(each, each) for each in _kinds(asked)], required=True),
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
        *_letters(asked),
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
