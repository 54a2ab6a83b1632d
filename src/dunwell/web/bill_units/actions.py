"""What is done to the actions of a case by hand, and the notes beside it."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from dunwell.domain.errors import NotFound
from dunwell.engine import executing
from dunwell.features.access.actor import Permission
from dunwell.features.cases import closing, queries, scheduling
from dunwell.features.cases.reasons import Category
from dunwell.features.policy import queries as policies
from dunwell.features.receivables import notes
from dunwell.web import formats, forms
from dunwell.web.bill_units.verbs import Asked, Field, Verb, entry
from dunwell.web.languages import N_, _

MAY = Permission.WORK_ACTIONS


class Dated(forms.Reasoned):
    """Another day."""

    due_on: dt.date


class Adding(forms.Reasoned):
    """An action of the policy, and its day."""

    definition: forms.Line
    due_on: dt.date


class Writing(forms.Given):
    """A note."""

    text: forms.Text
    category: forms.Line = notes.GENERAL


def _done(verb: Callable[..., Any], said: str) -> Callable[[Asked, forms.Reasoned], str]:
    def do(asked: Asked, given: forms.Reasoned) -> str:
        change = verb(asked.operation, asked.of, expected_version=asked.version, **dict(given))
        failure = getattr(change, "failure", None)
        if failure:
            return _("It failed and stays to be done: %(message)s") % {"message": failure}
        return _(said)

    return do


def _reschedule(asked: Asked, given: Dated) -> str:
    scheduling.reschedule_action(
        asked.operation, asked.of, expected_version=asked.version, **dict(given)
    )
    found, _case = queries.action_state(asked.operation, asked.of)
    return _("It is due on %(date)s.") % {"date": formats.date(found.due_on)}


def _add(asked: Asked, given: Adding) -> str:
    case = asked.open_case
    if case is None:
        raise NotFound(_("It isn't in collections any more."))
    scheduling.add_action(asked.operation, str(case["handle"]), **dict(given))
    return _("%(action)s is part of the case now.") % {"action": given.definition}


def _write(asked: Asked, given: Writing) -> str:
    notes.write_note(asked.operation, asked.number, given.text, category=given.category)
    return _("The note is written.")


def _definitions(asked: Asked) -> list[Field]:
    known = policies.objects(asked.operation.connection, "action", asked.operation.actor.sees)
    names = sorted({each.name for each in known})
    return [
        entry("definition", _("Action"), choices=[(name, name) for name in names]),
        _day(asked),
    ]


def _day(asked: Asked) -> Field:
    return entry("due_on", _("Due on"), type="date", min=asked.today, required=True)


def _version(asked: Asked) -> Mapping[str, Any]:
    found, _case = queries.action_state(asked.operation, asked.of)
    return {"version": found.version, "subject": found.name}


VERBS = (
    Verb(
        "add_action",
        N_("Add an action"),
        MAY,
        Adding,
        _add,
        fields=_definitions,
        category=Category.ADD,
        key="a",
    ),
    Verb(
        "note",
        N_("Write a note"),
        MAY,
        Writing,
        _write,
        fields=lambda _asked: [
            entry("text", _("Note"), rows=3, required=True),
            entry("category", _("Category"), value=notes.GENERAL),
        ],
        back_to="notes",
        key="m",
    ),
)
OF_ACTION = (
    Verb(
        "complete",
        N_("Done"),
        MAY,
        forms.Reasoned,
        _done(closing.complete_action, N_("It is done.")),
        category=Category.COMPLETE,
        look=_version,
    ),
    Verb(
        "execute",
        N_("Do it now"),
        MAY,
        forms.Reasoned,
        _done(executing.execute_action, N_("It is carried out.")),
        category=Category.EXECUTE,
        look=_version,
    ),
    Verb(
        "reschedule",
        N_("Another day"),
        MAY,
        Dated,
        _reschedule,
        fields=lambda asked: [_day(asked)],
        category=Category.RESCHEDULE,
        look=_version,
    ),
    Verb(
        "cancel",
        N_("Cancel"),
        MAY,
        forms.Reasoned,
        _done(closing.cancel_action, N_("It is cancelled.")),
        category=Category.CANCEL,
        grave=True,
        look=_version,
    ),
    Verb(
        "retry",
        N_("Try again"),
        MAY,
        forms.Reasoned,
        _done(closing.retry_action, N_("It is tried again with the next night.")),
        category=Category.RETRY,
        look=_version,
    ),
)


def offered(action: Mapping[str, Any], today: dt.date) -> tuple[Verb, ...]:
    """What can be done to an open action; an instalment is its promise's."""
    if action["type"] == "promise" or action["status"] == "waiting":
        return ()
    failed = action["status"] == "error"
    by_hand = action["type"] in ("manual", "custom")
    due = dt.date.fromisoformat(str(action["due_on"])) <= today
    offers = {
        "complete": by_hand and not failed,
        "execute": not by_hand and due and not failed,
        "reschedule": True,
        "cancel": not action["mandatory"],
        "retry": failed,
    }
    return tuple(verb for verb in OF_ACTION if offers[verb.name])
