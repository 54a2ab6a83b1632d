"""Which scenario a bill unit is in, by hand: put it into one, replace it, cancel all its actions,
stop it.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import StringConstraints

from dunwell.domain.errors import BadInput
from dunwell.engine import placing
from dunwell.engine.placing import ScenarioOffer, Step
from dunwell.features.access.actor import Permission
from dunwell.features.cases import closing, stopping
from dunwell.features.policy.forms.scenarios import DEFAULT_DEBT_CLASS
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables import agreements
from dunwell.web import forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Of, Verb, entry

_STEP = re.compile(r"(?:(\d{4}-\d\d-\d\d)|(\d{1,5})[.:)]?)\s+(.+?)(\s*\?)?")


class Placing(forms.Reasoned):
    """Which scenario, and perhaps steps instead of its own."""

    scenario: forms.Line
    steps: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    agreements: Annotated[str, StringConstraints(max_length=20_000)] | None = None


class Replacing(forms.Reasoned):
    """Which scenario; none: the best valid one."""

    scenario: forms.Line | None = None


def _offers(asked: Asked) -> Mapping[str, Any]:
    return {"offers": placing.scenario_offers(asked.operation, asked.number)}


def _choices(asked: Asked) -> list[Field]:
    offers = placing.scenario_offers(asked.operation, asked.number)
    return [entry("scenario", _("Scenario"), choices=[_named(offer) for offer in offers])]


def _agreements_of(asked: Asked) -> list[Field]:
    """Which agreements the case is about, where there are some."""
    known = agreements.agreements(asked.operation, asked.number)
    if not known:
        return []
    numbers = " ".join(each.service_agreement_no for each in known)
    return [
        entry(
            "agreements",
            _("Only these agreements"),
            hint=_("of %(numbers)s; empty: all that owe enough") % {"numbers": numbers},
        )
    ]


def _others(asked: Asked) -> list[Field]:
    """Scenarios of the case's debt class, when it is known which case it is about."""
    offers = placing.scenario_offers(asked.operation, asked.number)
    classes = {case.debt_class for case in asked.about}
    named = [_named(offer) for offer in offers if offer.debt_class in classes]
    return [entry("scenario", _("Scenario"), choices=[("", _("the best that holds")), *named])]


def _named(offer: ScenarioOffer) -> tuple[str, str]:
    return offer.scenario, f"{'✔' if offer.valid else '✘'} {offer.scenario}"


def _replace(asked: Asked, given: Replacing) -> str:
    opened = placing.replace_scenario(
        asked.operation, str(asked.case.handle), expected_version=asked.version, **dict(given)
    )
    return _("It is in the scenario %(scenario)s now.") % {"scenario": opened.scenario}


def _place(asked: Asked, given: Placing) -> str:
    offers = placing.scenario_offers(asked.operation, asked.number)
    debt_class = next(
        (offer.debt_class for offer in offers if offer.scenario == given.scenario),
        DEFAULT_DEBT_CLASS,
    )
    opened = placing.place_in_scenario(
        asked.operation,
        asked.number,
        given.scenario,
        reason=given.reason,
        note=given.note,
        steps=_steps(given.steps) if given.steps else None,
        debt_class=debt_class,
        agreements=given.agreements.split() if given.agreements else None,
    )
    return _("It is in the scenario %(scenario)s now.") % {"scenario": opened.scenario}


def _steps(text: str) -> list[Step]:
    """One step a line: the day, the action's name, a question mark if it is optional."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _STEP.fullmatch(line)
        if match is None:
            raise BadInput(
                _("“%(line)s” isn't a step; write the day and the action, such as “5 call”.")
                % {"line": line}
            )
        due_on = _due(line, match[1])
        day = None if due_on else int(match[2])
        found.append(Step(day, match[3], mandatory=not match[4], due_on=due_on))
    return found


def _due(line: str, day: str | None) -> dt.date | None:
    try:
        return None if day is None else dt.date.fromisoformat(day)
    except ValueError as failure:
        raise BadInput(_("“%(line)s” names no day.") % {"line": line}) from failure


def _cancel_all(asked: Asked, given: forms.Reasoned) -> str:
    closing.cancel_actions(
        asked.operation, str(asked.case.handle), expected_version=asked.version, **dict(given)
    )
    return _("All its open actions are cancelled; the case stays open.")


def _stop(asked: Asked, given: forms.Reasoned) -> str:
    stopping.stop_case(
        asked.operation, str(asked.case.handle), expected_version=asked.version, **dict(given)
    )
    return _("The case is closed; what was to come is cancelled.")


VERBS = (
    Verb(
        "place",
        N_("Put into a scenario"),
        (Permission.MANAGE_CASES,),
        Placing,
        _place,
        fields=lambda asked: [
            *_choices(asked),
            entry(
                "steps",
                _("Steps instead of its own"),
                rows=4,
                hint=_(
                    "A line each: day and action, such as “5 call” or “2026-07-01 call”; with ? it"
                    " is optional."
                ),
            ),
            *_agreements_of(asked),
        ],
        category=Category.PLACE,
        about="verbs/offers.html",
        look=_offers,
    ),
    Verb(
        "replace",
        N_("Replace the scenario"),
        (Permission.MANAGE_CASES,),
        Replacing,
        _replace,
        of=Of.CASE,
        fields=_others,
        explains=lambda _asked: _(
            "Its case closes as replaced and one in the other scenario opens today; the agent"
            " stays."
        ),
        category=Category.REPLACE,
        about="verbs/offers.html",
        look=_offers,
    ),
    Verb(
        "cancel_all",
        N_("Cancel all actions"),
        (Permission.MANAGE_CASES,),
        forms.Reasoned,
        _cancel_all,
        of=Of.CASE,
        explains=lambda _asked: _(
            "Mandatory ones, too; promised instalments stay. The case itself stays open unless its"
            " scenario closes it when all is done."
        ),
        category=Category.CANCEL,
        foreseen=True,
        grave=True,
    ),
    Verb(
        "stop",
        N_("Stop the case"),
        (Permission.MANAGE_CASES,),
        forms.Reasoned,
        _stop,
        of=Of.CASE,
        explains=lambda _asked: _(
            "What is to come is cancelled. If debt remains, it may enter again the day after:"
            " exempt it or put it on hold to prevent that."
        ),
        category=Category.STOP,
        foreseen=True,
        grave=True,
    ),
)
