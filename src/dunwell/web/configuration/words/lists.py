"""What the lists of a policy are for, and in which groups they are shown."""

from dataclasses import dataclass

from dunwell.features.policy.parts import FORMS
from dunwell.web.languages import N_, _

MEANINGS = {
    "profiles": N_(
        "Groups of bill units that are treated alike. They are asked in this order; the first whose"
        " rule holds is taken, the default of a brand and currency takes the rest."
    ),
    "criteria": N_("Names for fields that rules and scenarios ask about."),
    "scenarios": N_(
        "For one profile and one debt class: who enters, what happens on which day, who leaves."
        " Cases that are open keep the version that they entered under."
    ),
    "actions": N_("What steps of scenarios do. One action can be in many scenarios."),
    "templates": N_(
        "The letters and messages that actions send. One of your own replaces one of the same name"
        " that comes with Dunwell; what was sent stays as it was sent."
    ),
    "contact_types": N_("The kinds of contact that people may record; with none, any."),
    "collection_substatuses": N_(
        "Stages that customer care is shown; of those that hold, the most severe."
    ),
    "reason_codes": N_("What people choose from when they change something by hand."),
    "aging_buckets": N_("How debt is shown by age, at most ten buckets, for everybody alike."),
    "calendars": N_("Which days are worked: a country's holidays, and days of your own."),
    "brands": N_("Configuration and customers that are kept apart, each with its own letters."),
    "debt_classes": N_("Kinds of debt that are chased separately."),
    "agencies": N_("Debt collections agencies that cases are referred to."),
    "agents": N_("Who works on cases, and who oversees them."),
    "exchange_rates": N_("For fees that are defined in another currency than the debt."),
    "settings": N_("System-wide switches, each with the name that the manual has for it."),
    "severance_templates": N_(
        "What is done, and after how many days, until the supply of an agreement is cut; and how"
        " it is reconnected."
    ),
    "moratoria": N_("Days on which nobody is cut off."),
    "eligibility": N_("For whom which scenarios are tried."),
    "experiments": N_("Scenarios that are compared on a share of those who enter."),
    "pay_plan_types": N_("What kinds of pay plans may be agreed."),
    "to_do_types": N_(
        "What people are asked to do, which role does it, and when the night asks by itself."
    ),
}

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Who is chased"), ("profiles", "scenarios", "criteria", "debt_classes")),
    (
        N_("What happens"),
        (
            *("actions", "templates", "reason_codes", "contact_types"),
            *("collection_substatuses", "to_do_types", "pay_plan_types"),
        ),
    ),
    (N_("Who is treated how"), ("eligibility", "experiments")),
    (N_("Cutting supply"), ("severance_templates", "moratoria")),
    (N_("When and where"), ("calendars", "brands", "aging_buckets", "exchange_rates", "settings")),
    (N_("People"), ("agents", "agencies")),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Lists of the policy that belong together."""

    title: str
    nouns: tuple[str, ...]


def meaning(name: str) -> str:
    """What a list is for, in a sentence; nothing for one without."""
    known = MEANINGS.get(name)
    return _(known) if known else ""


def groups() -> list[Group]:
    """The lists in their groups; those that have no group yet come last."""
    grouped = {name for _title, names in GROUPS for name in names}
    rest = tuple(name for name in FORMS if name not in grouped)
    found = [Group(_(title), names) for title, names in GROUPS]
    return [*found, Group(_("Further"), rest)] if rest else found
