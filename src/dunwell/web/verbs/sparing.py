"""Exempting a bill unit, putting it on hold, and the end of both."""

import datetime as dt

from dunwell.features.access.actor import Permission
from dunwell.features.cases import sparing
from dunwell.features.policy.reasons import Category
from dunwell.web import formats, forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Verb, entry

A_FORTNIGHT = dt.timedelta(days=14)


class Exempting(forms.Reasoned):
    """From when to when; no last day: until it is lifted."""

    since: dt.date | None = None
    until: dt.date | None = None


class Holding(forms.Reasoned):
    """Until when, from today."""

    until: dt.date


def _exempt(asked: Asked, given: Exempting) -> str:
    made = sparing.exempt(asked.operation, asked.number, **dict(given))
    if made.exempt_until is None:
        return _("It is exempt until somebody ends that.")
    return _("It is exempt until %(date)s.") % {"date": formats.date(made.exempt_until)}


def _lift_exemption(asked: Asked, given: forms.Reasoned) -> str:
    sparing.lift_exemption(asked.operation, asked.number, **dict(given))
    return _("It is no longer exempt; it may enter with the next night.")


def _hold(asked: Asked, given: Holding) -> str:
    made = sparing.hold(asked.operation, asked.number, **dict(given))
    return _("It is on hold until %(date)s.") % {"date": formats.date(made.held_until)}


def _lift_hold(asked: Asked, given: forms.Reasoned) -> str:
    sparing.lift_hold(asked.operation, asked.number, **dict(given))
    return _("It is no longer on hold.")


def _from_and_until(asked: Asked) -> list[Field]:
    return [
        entry("since", _("From"), asked.today, type="date"),
        entry("until", _("Last day"), type="date", hint=_("empty: until somebody ends it")),
    ]


VERBS = (
    Verb(
        "hold",
        N_("Put on hold"),
        (Permission.MANAGE_CASES,),
        Holding,
        _hold,
        fields=lambda asked: [
            entry(
                "until",
                _("Last day"),
                asked.today + A_FORTNIGHT,
                type="date",
                min=asked.today,
                required=True,
            )
        ],
        explains=lambda _asked: _(
            "Until the last day nothing is done to it and it enters nothing; it still leaves when"
            " it is paid."
        ),
        category=Category.HOLD,
        key="h",
    ),
    Verb(
        "lift_hold",
        N_("End the hold"),
        (Permission.MANAGE_CASES,),
        forms.Reasoned,
        _lift_hold,
        category=Category.HOLD,
    ),
    Verb(
        "exempt",
        N_("Exempt"),
        (Permission.MANAGE_CASES,),
        Exempting,
        _exempt,
        fields=_from_and_until,
        explains=lambda _asked: _(
            "Its open cases leave with the next night, and it enters nothing until then."
        ),
        category=Category.EXEMPT,
        key="e",
    ),
    Verb(
        "lift_exemption",
        N_("End the exemption"),
        (Permission.MANAGE_CASES,),
        forms.Reasoned,
        _lift_exemption,
        category=Category.EXEMPT,
    ),
)
