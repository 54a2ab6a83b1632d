"""Which scenario a bill unit is in, by hand: put it into one, replace it, cancel all its actions,
stop it.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import StringConstraints

from dunwell.engine import placing
from dunwell.engine.placing import ScenarioOffer
from dunwell.features.access.actor import Permission
from dunwell.features.cases import closing, stopping
from dunwell.features.policy import queries as policies
from dunwell.features.policy.forms.scenarios import DEFAULT_DEBT_CLASS
from dunwell.features.policy.installation import PREDEFINED_ACTIONS
from dunwell.features.policy.queries import ConfigurationObject
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables import agreements
from dunwell.features.receivables.bill_units import find
from dunwell.web import forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs import steps
from dunwell.web.verbs.verb import Asked, Field, Of, Verb, entry


class Placing(forms.Reasoned):
    """Which scenario, and perhaps steps instead of its own."""

    scenario: forms.Line
    steps: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    agreements: Annotated[str, StringConstraints(max_length=20_000)] | None = None


class Replacing(forms.Reasoned):
    """Which scenario; none: the best valid one."""

    scenario: forms.Line | None = None


def _offers(asked: Asked) -> Mapping[str, Any]:
    """The scenarios and their own steps."""
    return {
        "offers": placing.scenario_offers(asked.operation, asked.number),
        "steps": _steps(asked),
        "actions": [],
    }


def _to_begin(asked: Asked) -> Mapping[str, Any]:
    """Those that a case can begin with, and what can be put into their steps."""
    actions = {each.name for each in _in_force(asked, "action")} | {*PREDEFINED_ACTIONS.values()}
    return {"offers": _possible(asked), "steps": _steps(asked), "actions": sorted(actions)}


def _possible(asked: Asked) -> list[ScenarioOffer]:
    """Those for debt that has no case yet."""
    taken = {case.debt_class for case in asked.cases}
    offers = placing.scenario_offers(asked.operation, asked.number)
    return [offer for offer in offers if offer.debt_class not in taken]


def _steps(asked: Asked) -> dict[str, list[dict[str, Any]]]:
    return {each.name: each.values["steps"] for each in _in_force(asked, "scenario")}


def _in_force(asked: Asked, noun: str) -> list[ConfigurationObject]:
    """What the policy has of it for the brand of the bill unit."""
    own = find(asked.operation, asked.number).brand_id
    return policies.objects(asked.operation.connection, noun, lambda brand: brand == own)


def _beginnings(asked: Asked) -> list[Field]:
    """Which scenario; its steps, if these are to be edited; and about which agreements."""
    offers = _possible(asked)
    best = max(
        offers,
        key=lambda each: (each.scenario == asked.member, each.chosen, each.valid),
        default=None,
    )
    edited = best.scenario if best and best.scenario == asked.member else None
    own = steps.written(_steps(asked)[edited]) if edited else ""
    return [
        entry(
            "scenario",
            _("Scenario"),
            best.scenario if best else "",
            choices=[_named(offer) for offer in offers],
        ),
        entry(
            "steps",
            _("Steps instead of its own"),
            own,
            rows=max(4, own.count("\n") + 2),
            hint=_(
                "A line each: day and action, such as “5 call” or “2026-07-01 call”; with ? it is"
                " optional. Those of a scenario can be taken from the list above."
            ),
        ),
        *_agreements_of(asked, {each.debt_class for each in offers}),
    ]


def _agreements_of(asked: Asked, debt_classes: set[str]) -> list[Field]:
    """Which agreements the case is about, where debt is chased by agreement."""
    known = agreements.agreements(asked.operation, asked.number)
    by_agreement = {
        each.name for each in _in_force(asked, "debt_class") if each.values["by_agreement"]
    }
    if not known or by_agreement.isdisjoint(debt_classes):
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
        steps=steps.read(given.steps) if given.steps else None,
        debt_class=debt_class,
        agreements=given.agreements.split() if given.agreements else None,
    )
    return _("It is in the scenario %(scenario)s now.") % {"scenario": opened.scenario}


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
        fields=_beginnings,
        category=Category.PLACE,
        about="verbs/offers.html",
        look=_to_begin,
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
