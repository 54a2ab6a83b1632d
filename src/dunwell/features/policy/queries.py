"""Reading the configuration in force, object by object, behind the walls of the actor's brands."""

from dataclasses import dataclass
from typing import Any

from dunwell.db import statements
from dunwell.features.access.actor import Operation, Permission

_ROWS = statements.load(__package__, "rows.sql")

NAMED: dict[str, tuple[str, ...]] = {
    "setting": ("name",),
    "calendar": ("name",),
    "brand": ("name",),
    "debt_class": ("name",),
    "criterion": ("name",),
    "profile": ("brand", "name"),
    "action": ("brand", "name"),
    "scenario": ("brand", "name"),
    "reason_code": ("brand", "category", "name"),
    "agency": ("brand", "name"),
    "agent": ("name",),
}
"""Each kind of object, and what names one; no brand: for every brand."""


@dataclass(frozen=True, slots=True)
class ConfigurationObject:
    """One object: its name, its brand and (a reason code) its category, and what it says."""

    name: str
    brand: str | None
    category: str | None
    values: dict[str, Any]


def objects(operation: Operation, noun: str) -> list[ConfigurationObject]:
    """The objects of one kind that are in force, by brand and name; `noun` is one of `NAMED`."""
    operation.actor.require(Permission.VIEW)
    connection = operation.connection
    brands = connection.execute("select id, name from brand").fetchall()
    seen = {name for number, name in brands if operation.actor.sees(number)}
    found = []
    for _, key, values in _ROWS[noun].run(connection):
        named = dict(zip(NAMED[noun], key, strict=True))
        brand = named["name"] if noun == "brand" else named.get("brand")
        if brand and brand not in seen:
            continue
        found.append(
            ConfigurationObject(
                named["name"], named.get("brand") or None, named.get("category"), values
            )
        )
    return sorted(found, key=lambda each: (each.brand or "", each.category or "", each.name))
