"""Roles and what each may do: one readable table. `python -m dunwell.features.access.roles FILE`
writes it as the reference page.

A person may have several roles, further permissions beyond them, and some denied in spite of them.
"""

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from dunwell.features.access.actor import Permission


class Role(StrEnum):
    """What somebody is in the company."""

    AGENT = "agent"
    MANAGER = "manager"
    POLICY_OWNER = "policy_owner"
    SERVICE_REP = "service_rep"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


SYSTEM = "system"
"""What stands for the role of a machine's key, which has none."""

_P = Permission

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AGENT: frozenset(
        {
            *(_P.VIEW, _P.WORK_ACTIONS, _P.TAKE_PAYMENT, _P.PROMISE_TO_PAY),
            *(_P.ADJUST, _P.DISPUTE),
        }
    ),
    Role.MANAGER: frozenset(
        {
            *(_P.VIEW, _P.WORK_ACTIONS, _P.MANAGE_CASES, _P.ASSIGN, _P.DELIVER, _P.READ_REPORTS),
            *(_P.TAKE_PAYMENT, _P.UPDATE_PAYMENT, _P.REGISTER_CARD),
            *(_P.UNMASK_PAYMENT, _P.PROMISE_TO_PAY),
            *(_P.ADJUST, _P.APPROVE_ADJUSTMENTS, _P.DISPUTE),
        }
    ),
    Role.POLICY_OWNER: frozenset({_P.VIEW, _P.CHANGE_POLICY}),
    Role.SERVICE_REP: frozenset(
        {_P.VIEW, _P.TAKE_PAYMENT, _P.PROMISE_TO_PAY, _P.ADJUST, _P.DISPUTE}
    ),
    Role.OPERATOR: frozenset(
        {
            *(_P.VIEW, _P.LOAD_RECEIVABLES, _P.RUN_NIGHT, _P.DELIVER, _P.SUBSCRIBE),
            _P.READ_REPORTS,
        }
    ),
    Role.ADMINISTRATOR: frozenset({_P.VIEW, _P.ADMINISTER, _P.SUBSCRIBE}),
}

MEANINGS: dict[Permission, str] = {
    _P.VIEW: "Look at customers, bill units, cases and what is owed.",
    _P.WORK_ACTIONS: "Complete, cancel, reschedule and add actions; write notes.",
    _P.MANAGE_CASES: "Exempt, hold, stop, replace scenarios; sharing groups.",
    _P.ASSIGN: "Assign bill units to agents.",
    _P.CHANGE_POLICY: "Check, compare and apply a policy.",
    _P.LOAD_RECEIVABLES: "Load customers, bills, payments and adjustments.",
    _P.RUN_NIGHT: "Start the night, and look at what nights did.",
    _P.DELIVER: "Deliver letters and messages, and retry what failed.",
    _P.TAKE_PAYMENT: "Take a payment.",
    _P.SUBSCRIBE: "Subscribe systems to events.",
    _P.READ_REPORTS: "Read every report, and have reports sent by e-mail.",
    _P.ADMINISTER: "People, roles and keys.",
    _P.UPDATE_PAYMENT: "Change how an instalment or a collection is paid.",
    _P.REGISTER_CARD: "Register a new card or direct debit.",
    _P.UNMASK_PAYMENT: "See payment details unmasked, as far as they are kept.",
    _P.PROMISE_TO_PAY: "Make and change promises to pay; record contacts.",
    _P.ADJUST: "Request adjustments, and post those within the limits of one's roles.",
    _P.APPROVE_ADJUSTMENTS: "Approve or reject adjustments that others requested.",
    _P.DISPUTE: "Raise and resolve disputes.",
}

EVERYWHERE = (_P.CHANGE_POLICY, _P.LOAD_RECEIVABLES, _P.RUN_NIGHT, _P.ADMINISTER)
"""What concerns every brand at once, and so takes somebody who sees every brand."""


def permissions(
    roles: Iterable[str], granted: Iterable[str] = (), denied: Iterable[str] = ()
) -> frozenset[Permission]:
    """What roles give, and what was granted beyond them, less what was denied."""
    given = frozenset[Permission]().union(*(PERMISSIONS[Role(role)] for role in roles))
    return (given | {Permission(each) for each in granted}) - {Permission(each) for each in denied}


def reference() -> str:
    """The reference page, as Markdown."""
    lines = [
        "# Permissions",
        "",
        "*Written from `dunwell.features.access.roles` by `make docs`.*",
        "",
        "What a role gives. `dunwell user change` grants a person single permissions beyond the",
        "roles, or denies them in spite of the roles; an API key has permissions of its own, its",
        "scopes. Permissions marked ○ concern every brand at once: they take somebody who sees",
        "every brand.",
        "",
        "| permission | means | " + " | ".join(role.replace("_", " ") for role in Role) + " |",
        "| --- | --- |" + " :-: |" * len(Role),
    ]
    for permission, meaning in MEANINGS.items():
        marks = " | ".join("●" if permission in PERMISSIONS[role] else "" for role in Role)
        mark = " ○" if permission in EVERYWHERE else ""
        lines.append(f"| `{permission}`{mark} | {meaning} | {marks} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
