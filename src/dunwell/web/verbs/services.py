"""Services: an agreement started, stopped, taken up or closed; whom a cut would harm; a budget
cancelled; agreements put into a case and taken out of it; severance worked on by hand.
"""

import datetime as dt
from typing import Literal

from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.statuses import AgreementStatus
from dunwell.engine import case_agreements
from dunwell.features.access.actor import Permission
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables import agreements, budgets, supplying
from dunwell.features.receivables import queries as receivables
from dunwell.features.severance import queries as severances
from dunwell.features.severance import service as severance
from dunwell.web import forms, words
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Of, Verb, entry

MANAGE = (Permission.MANAGE_CASES,)
WORK = (Permission.WORK_ACTIONS,)

Answer = Literal["yes", "no"]


class ChangingAgreement(forms.Reasoned):
    """What is to be otherwise; empty: as it is."""

    status: AgreementStatus | None = None
    on: dt.date | None = None
    life_support: Answer | None = None
    sensitive_load: Answer | None = None


class ChangingHousehold(forms.Reasoned):
    """Whom a cut would harm."""

    life_support: Answer | None = None
    sensitive_load: Answer | None = None


class Why(forms.Given):
    """A reason, without a note."""

    reason: forms.Line


class Choosing(forms.Reasoned):
    """An agreement."""

    service_agreement_no: forms.Line


class Answering(forms.Given):
    """What the field found."""

    outcome: severance.Outcome
    message: forms.Text | None = None
    due_on: dt.date | None = None


def _change(asked: Asked, given: ChangingAgreement) -> str:
    number = asked.member
    known = agreements.agreements(asked.operation, asked.number)
    if number is None or number not in {each.service_agreement_no for each in known}:
        raise BadInput(_("The bill unit has no such agreement."))
    change = supplying.Change(
        given.status, given.on, _said(given.life_support), _said(given.sensitive_load)
    )
    supplying.change_agreement(
        asked.operation, number, change, reason=given.reason, note=given.note
    )
    return _("The agreement is changed.")


def _household(asked: Asked, given: ChangingHousehold) -> str:
    unit = receivables.bill_unit(asked.operation, asked.number)
    supplying.change_household(
        asked.operation,
        unit["account_no"],
        life_support=_said(given.life_support),
        sensitive_load=_said(given.sensitive_load),
        reason=given.reason,
        note=given.note,
    )
    return _("It is known now whom a cut would harm.")


def _cancel_budget(asked: Asked, given: Why) -> str:
    budgets.cancel_budget(asked.operation, asked.number, reason=given.reason)
    return _("The budget is cancelled, and its difference settled.")


def _add(asked: Asked, given: Choosing) -> str:
    case_agreements.add_agreement(
        asked.operation, str(asked.case.handle), expected_version=asked.version, **dict(given)
    )
    return _("The agreement is in the case.")


def _remove(asked: Asked, given: Choosing) -> str:
    case_agreements.remove_agreement(
        asked.operation, str(asked.case.handle), expected_version=asked.version, **dict(given)
    )
    return _("The agreement is out of the case.")


def _cancel(asked: Asked, given: forms.Reasoned) -> str:
    severance.cancel(
        asked.operation,
        _process(asked)["severance"],
        expected_version=asked.version,
        **dict(given),
    )
    return _("The severance is cancelled; if it had cut, the service is given back.")


def _complete(asked: Asked, given: forms.Reasoned) -> str:
    severance.complete_event(
        asked.operation, _event(asked)["event"], expected_version=asked.version, **dict(given)
    )
    return _("The event is completed; what waited for it gets its date.")


def _answer(asked: Asked, given: Answering) -> str:
    severance.answer(asked.operation, _event(asked)["event"], **dict(given))
    return _("The field's answer is recorded.")


def _process(asked: Asked) -> severances.Row:
    """The process that is pointed at, of this bill unit. Raises NotFound."""
    for process in severances.of_bill_unit(asked.operation, asked.number):
        if process["severance"] == asked.member:
            return process
    raise NotFound(_("There is no such severance."))


def _event(asked: Asked) -> severances.Row:
    """The event that is pointed at, of this bill unit. Raises NotFound."""
    for process in severances.of_bill_unit(asked.operation, asked.number):
        for event in process["events"]:
            if event["event"] == asked.member:
                found: severances.Row = event
                return found
    raise NotFound(_("There is no such event."))


def _said(answer: Answer | None) -> bool | None:
    return None if answer is None else answer == "yes"


def _flags() -> list[Field]:
    answers = [("", _("as it is")), ("yes", _("yes")), ("no", _("no"))]
    return [
        entry("life_support", _("Life support"), choices=answers),
        entry("sensitive_load", _("Sensitive load"), choices=answers),
    ]


def _statuses(asked: Asked) -> list[Field]:
    found = agreements.agreements(asked.operation, asked.number)
    now = next((each.status for each in found if each.service_agreement_no == asked.member), None)
    able = sorted(supplying.MAY_BECOME[AgreementStatus(now)]) if now else []
    return [
        entry(
            "status",
            _("Status"),
            choices=[("", _("as it is"))]
            + [(str(each), words.word("agreement", each)) for each in able],
        ),
        entry(
            "on",
            _("Day of the start or stop"),
            type="date",
            max=asked.today,
            hint=_("empty: today"),
        ),
        *_flags(),
    ]


def _agreements(asked: Asked) -> list[Field]:
    known = agreements.agreements(asked.operation, asked.number)
    return [
        entry(
            "service_agreement_no",
            _("Agreement"),
            choices=[
                (each.service_agreement_no, f"{each.service_agreement_no} · {each.type}")
                for each in known
            ],
        )
    ]


def _outcomes(asked: Asked) -> list[Field]:
    return [
        entry(
            "outcome",
            _("What came of it"),
            choices=[
                (each, words.word("outcome", each))
                for each in ("done", "could_not", "rescheduled", "refused")
            ],
        ),
        entry("due_on", _("New day"), type="date", min=asked.today, hint=_("if rescheduled")),
        entry("message", _("What the field says"), rows=2),
    ]


VERBS = (
    Verb(
        "household",
        N_("Whom a cut would harm"),
        MANAGE,
        ChangingHousehold,
        _household,
        fields=lambda _asked: _flags(),
        explains=lambda _asked: _("Nobody is cut while life support is registered."),
        category=Category.SERVICE_AGREEMENT,
        back_to="services",
    ),
    Verb(
        "cancel_budget",
        N_("Cancel the budget"),
        MANAGE,
        Why,
        _cancel_budget,
        category=Category.BUDGET,
        back_to="services",
        grave=True,
    ),
    Verb(
        "add_agreement",
        N_("Add an agreement to the case"),
        MANAGE,
        Choosing,
        _add,
        of=Of.CASE,
        fields=_agreements,
        category=Category.AGREEMENTS,
        back_to="services",
    ),
    Verb(
        "remove_agreement",
        N_("Take an agreement out of the case"),
        MANAGE,
        Choosing,
        _remove,
        of=Of.CASE,
        fields=_agreements,
        category=Category.AGREEMENTS,
        back_to="services",
    ),
)
OF_AGREEMENT = (
    Verb(
        "change_agreement",
        N_("Change"),
        MANAGE,
        ChangingAgreement,
        _change,
        of=Of.ROW,
        fields=_statuses,
        category=Category.SERVICE_AGREEMENT,
        back_to="services",
    ),
)
OF_SEVERANCE = (
    Verb(
        "cancel_severance",
        N_("Cancel the severance"),
        MANAGE,
        forms.Reasoned,
        _cancel,
        of=Of.ROW,
        version=lambda asked: _process(asked)["version"],
        category=Category.SEVERANCE,
        back_to="severances",
        grave=True,
    ),
)
OF_EVENT = (
    Verb(
        "complete_event",
        N_("Complete"),
        WORK,
        forms.Reasoned,
        _complete,
        of=Of.ROW,
        version=lambda asked: _event(asked)["version"],
        category=Category.SEVERANCE,
        back_to="severances",
    ),
)
OF_FIELD_ACTIVITY = (
    Verb(
        "answer_field",
        N_("Record the field's answer"),
        WORK,
        Answering,
        _answer,
        of=Of.ROW,
        fields=_outcomes,
        back_to="severances",
    ),
)
