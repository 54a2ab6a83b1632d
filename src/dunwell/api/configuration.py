"""The configuration in force, object by object: what a screen offers to choose from. The policy as
a whole, and its changes, are under `/policy`.
"""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from dunwell.api.caller import Caller, may
from dunwell.api.values import Line, Shown
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import queries

router = APIRouter(tags=["configuration"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


class Noun(StrEnum):
    """The kinds of object."""

    SETTINGS = "settings"
    CALENDARS = "calendars"
    BRANDS = "brands"
    DEBT_CLASSES = "debt-classes"
    CRITERIA = "criteria"
    PROFILES = "profiles"
    ACTIONS = "actions"
    SCENARIOS = "scenarios"
    AGENCIES = "agencies"
    AGENTS = "agents"


_ROWS = {
    Noun.SETTINGS: "setting",
    Noun.CALENDARS: "calendar",
    Noun.BRANDS: "brand",
    Noun.DEBT_CLASSES: "debt_class",
    Noun.CRITERIA: "criterion",
    Noun.PROFILES: "profile",
    Noun.ACTIONS: "action",
    Noun.SCENARIOS: "scenario",
    Noun.AGENCIES: "agency",
    Noun.AGENTS: "agent",
}


class ConfigurationObject(Shown):
    """One object as the policy names it."""

    name: str
    brand: Annotated[str | None, Field(description="Null: it is every brand's.")]
    values: Annotated[dict[str, Any], Field(description="What it says, by the policy's words.")]


class ConfigurationObjects(Shown):
    """By brand and name."""

    items: list[ConfigurationObject]


class ReasonCode(Shown):
    """A reason that a change by hand may have; the verb is its category."""

    category: str
    code: str
    brand: Annotated[str | None, Field(description="Null: it is every brand's.")]
    labels: Annotated[dict[str, str], Field(description="By locale.")]


class ReasonCodes(Shown):
    """By brand, category and code."""

    items: list[ReasonCode]


@router.get("/configuration/{noun}")
def list_configuration(noun: Noun, caller: Viewer) -> ConfigurationObjects:
    """The objects of one kind that are in force."""
    with caller.look() as operation:
        found = _objects(operation, _ROWS[noun])
    return ConfigurationObjects(items=[ConfigurationObject.model_validate(each) for each in found])


@router.get("/reason-codes")
def list_reason_codes(
    caller: Viewer, category: Annotated[Line | None, Query()] = None
) -> ReasonCodes:
    """The reasons that changes by hand may have, for a verb or for all."""
    with caller.look() as operation:
        found = _objects(operation, "reason_code")
    return ReasonCodes(
        items=[
            ReasonCode(
                category=each.category or "",
                code=each.name,
                brand=each.brand,
                labels=each.values["labels"],
            )
            for each in found
            if category in (None, each.category)
        ]
    )


def _objects(operation: Operation, noun: str) -> list[queries.ConfigurationObject]:
    return queries.objects(operation.connection, noun, operation.actor.sees)
