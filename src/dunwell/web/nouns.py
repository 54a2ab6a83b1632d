"""What the lists of a policy are called, and one part of each: on the configuration's pages, and in
what services say about them, who write `reason codes` and `reason code`.
"""

import re
from functools import cache

from dunwell.features.policy.parts import ORDER, SINGLE
from dunwell.web.languages import N_, _

NOUNS = {
    "profiles": (N_("Profiles"), N_("profile")),
    "criteria": (N_("Criteria"), N_("criterion")),
    "scenarios": (N_("Scenarios"), N_("scenario")),
    "actions": (N_("Actions"), N_("action")),
    "contact_types": (N_("Contact types"), N_("contact type")),
    "collection_substatuses": (N_("Collection substatuses"), N_("collection substatus")),
    "templates": (N_("Templates"), N_("template")),
    "reason_codes": (N_("Reason codes"), N_("reason code")),
    "aging_buckets": (N_("Aging buckets"), N_("aging buckets")),
    "calendars": (N_("Calendars"), N_("calendar")),
    "brands": (N_("Brands"), N_("brand")),
    "debt_classes": (N_("Debt classes"), N_("debt class")),
    "agencies": (N_("Agencies"), N_("agency")),
    "agents": (N_("Agents"), N_("agent")),
    "exchange_rates": (N_("Exchange rates"), N_("exchange rate")),
    "settings": (N_("Settings"), N_("settings")),
    "severance_templates": (N_("Severance templates"), N_("severance template")),
    "moratoria": (N_("Moratoria"), N_("moratorium")),
    "eligibility": (N_("Eligibility"), N_("eligibility")),
    "experiments": (N_("Experiments"), N_("experiment")),
    "pay_plan_types": (N_("Pay plan types"), N_("pay plan type")),
    "to_do_types": (N_("To-do types"), N_("to-do type")),
}

OTHERS = (
    *(N_("setting"), N_("manager"), N_("field"), N_("event"), N_("kind of event")),
    *(N_("reconnect template"), N_("the order in which they are asked")),
)
"""What else services call by its kind: `there is no manager ('Bo')`."""

_BEFORE_NAMES = re.compile(r"(?:^|(?<=; ))[a-z][a-z -]*(?=: |; |$)")


def noun(name: str) -> str:
    """What a list is called."""
    known = NOUNS.get(name)
    return _(known[0]) if known else name.replace("_", " ").capitalize()


def one(name: str) -> str:
    """What a part of a list is called."""
    known = NOUNS.get(name)
    return _(known[1]) if known else name.replace("_", " ").removesuffix("s")


def part(name: str, part_name: str) -> str:
    """What a part is called: by its name; what has none, by what it is."""
    return noun(name) if name in SINGLE else called(part_name) if part_name == ORDER else part_name


def called(kind: str) -> str:
    """The word for a kind as services write it: `reason codes`, `reason code`, `setting`. What is
    no kind stays as it is.
    """
    known = _kinds().get(kind)
    return _(known) if known else kind


def before_names(named: str) -> str:
    """Of `actions: Call, Visit; settings`, the kinds in the request's language."""
    return _BEFORE_NAMES.sub(lambda found: called(found[0]), named)


@cache
def _kinds() -> dict[str, str]:
    found = {name.replace("_", " "): many for name, (many, _one) in NOUNS.items()}
    found |= {name: many for name, (many, _one) in NOUNS.items()}
    found |= {each: each for _many, each in NOUNS.values()}
    return found | {each: each for each in OTHERS}
