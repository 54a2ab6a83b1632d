"""Which treatment of an experiment a customer gets, chosen by hand instead of drawn."""

from dunwell.domain.errors import BadInput
from dunwell.engine import placing
from dunwell.features.access.actor import Permission
from dunwell.features.experiments import queries, service
from dunwell.features.policy.reasons import Category
from dunwell.web import forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Verb, entry


class Choosing(forms.Given):
    """An arm of an experiment, as it is offered."""

    treatment: forms.Line
    reason: forms.Line


def _offered(asked: Asked) -> dict[str, tuple[str, str]]:
    """Experiment and arm, by what people read; those whose champion it can come into."""
    possible = {each.scenario for each in placing.scenario_offers(asked.operation, asked.number)}
    return {
        f"{each.experiment} · {arm}": (each.experiment, arm)
        for each in queries.treatments(asked.operation, asked.number)
        if each.arms[0] in possible
        for arm in each.arms
    }


def _choose(asked: Asked, given: Choosing) -> str:
    offered = _offered(asked)
    if given.treatment not in offered:
        raise BadInput(_("There is no such treatment any more; choose another."))
    experiment, arm = offered[given.treatment]
    service.choose_arm(asked.operation, asked.number, experiment, arm, reason=given.reason)
    return _("From its next entry on the customer is treated by %(arm)s.") % {"arm": arm}


def _explain(asked: Asked) -> str:
    chosen = [
        _("Chosen by %(actor)s: %(experiment)s · %(arm)s (%(reason)s).")
        % {
            "actor": each.actor,
            "experiment": each.experiment,
            "arm": each.chosen,
            "reason": each.reason,
        }
        for each in queries.treatments(asked.operation, asked.number)
        if each.chosen
    ]
    said = _(
        "From the next entry on, the customer gets this treatment instead of the one that is drawn,"
        " and isn't counted when the treatments are compared. An open case stays in its scenario;"
        " replace that to change it now."
    )
    return " ".join([said, *chosen])


def _treatments(asked: Asked) -> list[Field]:
    return [entry("treatment", _("Treatment"), choices=[(each, each) for each in _offered(asked)])]


VERBS = (
    Verb(
        "treat",
        N_("Choose the treatment"),
        (Permission.MANAGE_CASES,),
        Choosing,
        _choose,
        fields=_treatments,
        explains=_explain,
        category=Category.EXPERIMENT,
    ),
)
