"""What an installation uses of what only some need: pages and menus leave out the rest."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements

_USING = statements.load(__package__, "using.sql")


@dataclass(frozen=True, slots=True)
class Using:
    """Which nouns the policy or the data have."""

    services: bool = False
    """Service agreements, or budgets."""
    pay_plans: bool = False
    severance: bool = False
    to_dos: bool = False
    contacts: bool = False
    ratings: bool = False
    """Actions, plans or events that change a rating, or demerits by hand."""
    experiments: bool = False
    debt_classes: int = 1
    """How many are chased, each in a case of its own."""


def read(connection: psycopg.Connection[TupleRow]) -> Using:
    """What is used now."""
    (found,) = _USING["using"].run(connection)
    return Using(*found)
