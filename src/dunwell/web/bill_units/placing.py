"""Which scenario a bill unit is in, by hand: put it into one, replace it, stop it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import StringConstraints

from dunwell.domain.errors import BadInput, NotFound
from dunwell.engine import placing
from dunwell.engine.placing import Step
from dunwell.features.access.actor import Permission
from dunwell.features.cases import stopping
from dunwell.features.cases.reasons import Category
from dunwell.features.policy.model import DEFAULT_DEBT_CLASS
from dunwell.web import forms
from dunwell.web.bill_units.verbs import Asked, Field, Verb, entry
from dunwell.web.languages import N_, _

_STEP = re.compile(r"(\d{1,5})[.:)]?\s+(.+?)(\s*\?)?")


class Placing(forms.Reasoned):
    """Which scenario, and perhaps steps instead of its own."""

    scenario: forms.Line
    steps: Annotated[str, StringConstraints(max_length=20_000)] | None = None


class Replacing(forms.Reasoned):
    """Which scenario; none: the best valid one."""

    scenario: forms.Line | None = None


def _offers(asked: Asked) -> Mapping[str, Any]:
    return {"offers": placing.scenario_offers(asked.operation, asked.number)}


def _choices(asked: Asked, *, best: bool) -> list[Field]:
    offers = placing.scenario_offers(asked.operation, asked.number)
    first = [("", _("the best that holds"))] if best else []
    named = [
        (offer.scenario, f"{'✔' if offer.valid else '✘'} {offer.scenario}") for offer in offers
    ]
    return [entry("scenario", _("Scenario"), choices=first + named)]


def _replace(asked: Asked, given: Replacing) -> str:
    opened = placing.replace_scenario(
        asked.operation, _case(asked), expected_version=asked.version, **dict(given)
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
        found.append(Step(int(match[1]), match[2], mandatory=not match[3]))
    return found


def _stop(asked: Asked, given: forms.Reasoned) -> str:
    stopping.stop_case(asked.operation, _case(asked), expected_version=asked.version, **dict(given))
    return _("The case is closed; what was to come is cancelled.")


def _case(asked: Asked) -> str:
    """The case that it is about: the one that was named, else the open one."""
    if asked.of:
        return asked.of
    case = asked.open_case
    if case is None:
        raise NotFound(_("It isn't in collections any more."))
    return str(case["handle"])


VERBS = (
    Verb(
        "place",
        N_("Put into a scenario"),
        Permission.MANAGE_CASES,
        Placing,
        _place,
        fields=lambda asked: [
            *_choices(asked, best=False),
            entry(
                "steps",
                _("Steps instead of its own"),
                rows=4,
                hint=_("A line each: day and action, such as “5 call”; with ? it is optional."),
            ),
        ],
        category=Category.PLACE,
        about="actions/offers.html",
        look=_offers,
    ),
    Verb(
        "replace",
        N_("Replace the scenario"),
        Permission.MANAGE_CASES,
        Replacing,
        _replace,
        fields=lambda asked: _choices(asked, best=True),
        explains=lambda _asked: _(
            "Its case closes as replaced and one in the other scenario opens today; the agent"
            " stays."
        ),
        category=Category.REPLACE,
        about="actions/offers.html",
        look=_offers,
        key="r",
    ),
    Verb(
        "stop",
        N_("Stop the case"),
        Permission.MANAGE_CASES,
        forms.Reasoned,
        _stop,
        explains=lambda _asked: _(
            "What is to come is cancelled. If debt remains, it may enter again the day after:"
            " exempt it or put it on hold to prevent that."
        ),
        category=Category.STOP,
        grave=True,
    ),
)
