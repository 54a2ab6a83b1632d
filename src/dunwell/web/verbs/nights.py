"""The night for one bill unit, now: what is posted, measured and done to it alone."""

from dunwell.bootstrap import Application
from dunwell.engine import night
from dunwell.engine.night import Night
from dunwell.features.access.actor import Permission
from dunwell.web import formats, forms
from dunwell.web.languages import N_, _, ngettext
from dunwell.web.verbs.verb import Asked, Verb


class Running(forms.Given):
    """Nothing else is needed."""


def _run(asked: Asked, _given: Running) -> str:
    raise AssertionError(f"the night of {asked.number} has transactions of its own")


def run(application: Application, asked: Asked) -> str:
    """Run it, in its own transactions; what it did. Raises Conflict while a night is going on."""
    wanted = Night(
        asked.today, bill_unit_no=asked.number, slice_width=application.settings.slice_width
    )
    report = night.run(application.database, application.plugins, wanted)
    done = sum(sum(by_status.values()) for by_status in report.as_json()["actions"].values())
    said = [_("Its night of %(date)s has run.") % {"date": formats.date(asked.today)}]
    if report.entered:
        said.append(_("It has entered collections."))
    if sum(report.as_json()["left"].values()):
        said.append(_("It has left collections."))
    if done:
        text = ngettext("%(count)s action was done.", "%(count)s actions were done.", done)
        said.append(text % {"count": done})
    return " ".join(said)


VERBS = (
    Verb(
        "night",
        N_("Run its night"),
        (Permission.RUN_NIGHT,),
        Running,
        _run,
        explains=lambda asked: (
            _(
                "Payments are posted, balances measured and due actions carried out for this bill"
                " unit alone, for %(date)s; all others wait for the night."
            )
            % {"date": formats.date(asked.today)}
        ),
        apart=True,
    ),
)
