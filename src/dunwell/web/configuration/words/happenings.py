"""What happens: to parts of the policy, to the bill units that a draft moves, to people."""

from dunwell.features.policy.writing import counted
from dunwell.web import refusals
from dunwell.web.languages import N_, _

MOVES = {
    "enters": N_("enter"),
    "not_chased": N_("are no longer chased"),
    "other_scenario": N_("come into another scenario"),
    "leaves": N_("leave"),
    "stays": N_("stay, and would have left"),
    "replaced": N_("change their scenario"),
    "profile": N_("change their profile"),
}

CHANGES = {
    "added": N_("added"),
    "changed": N_("changed"),
    "retired": N_("taken out; open cases keep it"),
    "deleted": N_("taken out"),
}

PERSON_STEPS = {
    "person_added": N_("may come in"),
    "person_changed": N_("has other rights"),
    "person_disabled": N_("is kept out"),
    "person_enabled": N_("may come in again"),
    "password_set": N_("has another password"),
}


def move(kind: str) -> str:
    """What happens to bill units that a draft moves."""
    return _(MOVES[kind])


def change(kind: str) -> str:
    """What happens to a part."""
    return _(CHANGES[kind])


def person_step(kind: str) -> str:
    """What was done to a person."""
    return _(PERSON_STEPS[kind])


def needed_by(counts: list[tuple[int, str]]) -> str:
    """How many of what in the database need a part."""
    return refusals.in_words(counted(counts))
