"""Who acts: a person, a machine's key or the installation's operator, and what they may do.

Every service takes an `Operation` first and asks its actor before anything else. The night isn't
an actor: it carries out the policy, and its events say `night`.
"""

import datetime as dt
import getpass
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import psycopg
from pluggy import HookRelay
from psycopg.rows import TupleRow

from dunwell.domain.errors import Forbidden


class Permission(StrEnum):
    """What an actor may be allowed to do; from `UPDATE_PAYMENT` to `PROMISE_TO_PAY` they are the
    manual's fine permissions.
    """

    VIEW = "view"
    WORK_ACTIONS = "work_actions"
    MANAGE_CASES = "manage_cases"
    ASSIGN = "assign"
    CHANGE_POLICY = "change_policy"
    LOAD_RECEIVABLES = "load_receivables"
    RUN_NIGHT = "run_night"
    DELIVER = "deliver"
    TAKE_PAYMENT = "take_payment"
    SUBSCRIBE = "subscribe"
    READ_REPORTS = "read_reports"
    ADMINISTER = "administer"
    UPDATE_PAYMENT = "update_payment"
    REGISTER_CARD = "register_card"
    UNMASK_PAYMENT = "unmask_payment"
    PROMISE_TO_PAY = "promise_to_pay"
    ADJUST = "adjust"
    APPROVE_ADJUSTMENTS = "approve_adjustments"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `brands` are the ids of the brands that they see; none: every brand."""

    name: str
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    brands: frozenset[int] | None = frozenset()
    agent: str | None = None
    """Their name on task lists, if they work cases."""
    is_manager: bool = False
    person_id: int | None = None
    """Who it is among the people; none for a machine and for the operator."""
    roles: frozenset[str] = frozenset()
    """What a person is in the company; a machine's key is a `system`. Limits go by it, nothing
    else does."""

    def require(self, permission: Permission, *, everywhere: bool = False) -> None:
        """Refuse what isn't allowed; `everywhere` is for what concerns the whole installation (the
        night, the policy, people), which takes somebody who sees every brand. Raises Forbidden.
        """
        if permission not in self.permissions:
            raise Forbidden(
                f"{self.name} may not do this: it needs the permission {permission.value!r},"
                " which an administrator can give."
            )
        if everywhere and self.brands is not None:
            raise Forbidden(
                f"{self.name} may not do this: it concerns every brand, and they see only some."
            )

    @property
    def brand_ids(self) -> list[int] | None:
        """Their brands as a statement takes them; none: every brand."""
        return None if self.brands is None else sorted(self.brands)

    def sees(self, brand_id: int) -> bool:
        """Whether the brand is theirs; what belongs to another doesn't exist for them."""
        return self.brands is None or brand_id in self.brands


def operator(name: str | None = None) -> Actor:
    """Whoever works on the installation itself, by its command line: may do everything."""
    return Actor(name or _user(), frozenset(Permission), brands=None, is_manager=True)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


@dataclass(frozen=True, slots=True)
class Operation:
    """Who does it, in which transaction, on which business date, and where the slices lie.

    The surface opens the transaction and commits it.
    """

    connection: psycopg.Connection[TupleRow]
    actor: Actor
    date: dt.date
    slice_width: int = 50_000
    hooks: HookRelay = field(default_factory=HookRelay)
    """The plug-ins' hooks, which are asked when a case opens, closes or acts. A surface that can
    do such a thing gives its application's; without them it fails."""
    found: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """Bill units that were found by their number, which a page asks for many times."""
