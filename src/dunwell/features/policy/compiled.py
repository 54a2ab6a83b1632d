"""Stub until the policy branch lands."""

from dataclasses import dataclass

import psycopg


@dataclass
class Compiled:
    profile_expression: str
    criteria_expression: str
    has_criteria: bool
    compares_with_today: bool


def read(connection: psycopg.Connection) -> Compiled:
    return Compiled(
        "(select id from profile where is_default and profile.currency = bill_unit.currency and profile.brand_id = account.brand_id)",
        "true",
        False,
        False,
    )
