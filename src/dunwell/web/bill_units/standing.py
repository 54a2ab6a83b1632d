"""How a bill unit stands, in two sentences: why it is in collections (or isn't), and what happens
next. Made from the reason of the case's own event, from explain, and from the open actions.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dunwell.domain.statuses import GroupRole
from dunwell.engine import verdict
from dunwell.features.events.stories.book import coming
from dunwell.web import formats
from dunwell.web.formats import money, name
from dunwell.web.languages import N_, _, ngettext
from dunwell.web.words import word

Data = Mapping[str, Any]

_STAYS_OUT = {
    "member": N_(
        "It isn't in collections: %(parent)s answers for its debts, in the group %(group)s."
    ),
    "nothing_overdue": N_("It isn't in collections: nothing is overdue."),
    "all_disputed": N_("It isn't in collections: all that is overdue is under dispute."),
    "all_insulated": N_("It isn't in collections: a pay plan covers all that is overdue."),
    "exempt": N_("It isn't in collections: it is exempt."),
    "on_hold": N_("It isn't in collections: it is on hold."),
    "pay_type": N_("It isn't in collections: the pay type %(value)s isn't considered."),
    "below_minimum": N_(
        "It isn't in collections: %(value)s is below the minimum due of %(threshold)s."
    ),
    "left_today": N_(
        "It isn't in collections: it left that day, and may enter again the day after."
    ),
    "no_scenario": N_("It isn't in collections: its profile has no scenario."),
    "too_young": N_("It isn't in collections: nothing has been overdue long enough."),
    "too_little": N_("It isn't in collections: too little has been overdue long enough."),
    "criteria": N_("It isn't in collections: no scenario's criteria all hold."),
    "enters": N_("The next night puts it into the scenario %(scenario)s."),
    "in_collections": N_("It is in collections, in the scenario %(scenario)s."),
}


def why_not(told: Data) -> str:
    """Why a bill unit without a case has none, from what explain told."""
    why = dict(told["why"])
    if "scenario" in why:
        why["scenario"] = name(why["scenario"])
    if why["code"] == "member":
        group = told["sharing_group"]
        why |= {each: name(group[each] or formats.EMPTY) for each in ("parent", "group")}
    if why["code"] == "pay_type":
        why["value"] = word("pay_type", why["value"])
    if why["code"] == "below_minimum":
        why |= {each: money(why[each], told["currency"]) for each in ("value", "threshold")}
    said = _STAYS_OUT[why["code"]]
    return _(said) % why


def conditions(told: Data) -> list[Data]:
    """What holds for every scenario alike, from what explain told; its group in people's words."""
    group = told["sharing_group"]
    if group is None:
        return list(told["conditions"])
    named = {each: name(group[each] or formats.EMPTY) for each in ("parent", "group")}
    is_member = group["role"] == GroupRole.MEMBER
    said = (
        N_("member of %(group)s, for which %(parent)s answers")
        if is_member
        else N_("parent of %(group)s")
    )
    return [
        {**line, "value": _(said) % named} if line["criterion"] == verdict.MEMBER else line
        for line in told["conditions"]
    ]


def why(case: Data) -> str:
    """Why a case was opened, from the event that tells it."""
    opened: Data = next(
        (event["data"] for event in case["events"] if event["kind"] == "case_opened"), {}
    )
    facts = {
        "scenario": name(case["scenario"]),
        "date": formats.date(case["entered_on"]),
        "since": formats.date(case["overdue_date"]),
    }
    if case["placed_by"]:
        return _("%(person)s put it into the scenario %(scenario)s by hand on %(date)s.") % {
            **facts,
            "person": name(case["placed_by"]),
        }
    if "ripe_amount" not in opened:
        return _("In the scenario %(scenario)s since %(date)s; overdue since %(since)s.") % facts
    return _(
        "In collections since %(date)s: %(ripe)s was at least %(days)s days overdue, and the"
        " scenario %(scenario)s begins at %(enough)s."
    ) % {
        **facts,
        "ripe": money(opened["ripe_amount"], case["currency"]),
        "days": opened["entry_days"],
        "enough": money(opened["entry_amount"], case["currency"]),
    }


def what_next(
    case: Data, today: dt.date, *, held_until: dt.date | None, promise: Data | None
) -> list[str]:
    """What happens next in a case: the next day's actions, what stands in their way, and what
    would end it.
    """
    said = []
    if held_until:
        said.append(
            _("Nothing is done until %(date)s: it is on hold.") % {"date": formats.date(held_until)}
        )
    elif promise:
        said.append(
            _("A promise to pay is active until %(date)s.")
            % {"date": formats.date(promise["until"])}
        )
    said.extend(_next_actions(coming(case["actions"]), today))
    if not Decimal(case["exit_amount"]):
        said.append(_("It leaves when nothing is overdue any more."))
    elif Decimal(case["overdue_amount"]) > Decimal(case["exit_amount"]):
        said.append(
            _("It leaves when %(exit)s or less is overdue.")
            % {"exit": money(case["exit_amount"], case["currency"])}
        )
    return said


def _next_actions(actions: Sequence[Data], today: dt.date) -> list[str]:
    failed = [name(action["action"]) for action in actions if action["status"] == "error"]
    tasks = [name(action["action"]) for action in actions if action["task_on"]]
    said = []
    if failed:
        said.append(_("Failed and to be tried again: %(names)s.") % {"names": ", ".join(failed)})
    if tasks:
        said.append(_("Somebody has to do: %(names)s.") % {"names": ", ".join(tasks)})
    rest = [each for each in actions if each["status"] != "error" and not each["task_on"]]
    if rest:
        day = dt.date.fromisoformat(str(rest[0]["due_on"]))
        names = ", ".join(name(each["action"]) for each in rest if str(each["due_on"]) == str(day))
        said.append(
            _("Next: %(names)s on %(date)s (%(when)s).")
            % {"names": names, "date": formats.date(day), "when": _when(day, today)}
        )
    elif not actions:
        said.append(_("All its steps are done; it stays until it is paid or somebody decides."))
    return said


def _when(day: dt.date, today: dt.date) -> str:
    days = (day - today).days
    if days <= 0:
        return _("with the next night")
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
