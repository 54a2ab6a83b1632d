"""Demerits: points added to a customer's credit rating or cash-only score, and ended."""

import datetime as dt
from typing import Annotated

from pydantic import Field as Bounds

from dunwell.domain.errors import BadInput
from dunwell.domain.statuses import DemeritKind
from dunwell.features.access.actor import Permission
from dunwell.features.policy.reasons import Category
from dunwell.features.ratings import service
from dunwell.web import forms, words
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Of, Verb, entry

MAY = (Permission.MANAGE_CASES,)


class Rating(forms.Given):
    """Points, from when until when."""

    kind: DemeritKind
    points: Annotated[int, Bounds(ge=-service.MOST_POINTS, le=service.MOST_POINTS)]
    since: dt.date | None = None
    until: dt.date | None = None
    reason: forms.Line


def _add(asked: Asked, given: Rating) -> str:
    service.add_demerit(asked.operation, asked.number, **dict(given))
    return _("The rating is changed.")


def _end(asked: Asked, given: forms.Reasoned) -> str:
    if asked.member is None:
        raise BadInput(_("Say which one."))
    service.end_demerit(asked.operation, asked.number, asked.member, **dict(given))
    return _("It no longer counts.")


def _fields(asked: Asked) -> list[Field]:
    return [
        entry(
            "kind",
            _("Rating"),
            DemeritKind.CREDIT_RATING,
            choices=[(str(each), words.word("rating", each)) for each in DemeritKind],
        ),
        entry("points", _("Points"), inputmode="numeric", required=True),
        entry("since", _("From"), asked.today, type="date"),
        entry("until", _("Last day"), type="date", hint=_("empty: for good")),
    ]


VERBS = (
    Verb(
        "demerit",
        N_("Change the rating"),
        MAY,
        Rating,
        _add,
        fields=_fields,
        category=Category.DEMERIT,
        back_to="rating",
    ),
)
OF_DEMERIT = (
    Verb(
        "end_demerit",
        N_("Let it end"),
        MAY,
        forms.Reasoned,
        _end,
        of=Of.ROW,
        category=Category.DEMERIT,
        back_to="rating",
    ),
)
