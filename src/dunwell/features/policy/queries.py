"""Reading the configuration in force, object by object, for the brands that somebody sees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements

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
    "experiment": ("brand", "name"),
    "reason_code": ("brand", "category", "name"),
    "contact_type": ("category", "name"),
    "pay_plan_type": ("name",),
    "to_do_type": ("name",),
    "agency": ("brand", "name"),
    "agent": ("name",),
}
"""Each kind of object, and what names one; no brand: for every brand."""


@dataclass(frozen=True, slots=True)
class ConfigurationObject:
    """One object: its name, its brand, of a reason code or a contact type its category or class,
    and what it says.
    """

    name: str
    brand: str | None
    category: str | None
    values: dict[str, Any]


def objects(
    connection: psycopg.Connection[TupleRow], noun: str, sees: Callable[[int], bool]
) -> list[ConfigurationObject]:
    """The objects of one kind that are in force, by brand and name; `noun` is one of `NAMED`, and
    `sees` tells whether somebody sees a brand. The caller asks for the permission.
    """
    brands = connection.execute("select id, name from brand").fetchall()
    seen = {name for number, name in brands if sees(number)}
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
