"""Who works in customer care, and the policy that says up to how much they adjust alone."""

from tests.policies import policy, scenario

from dunwell.features.access.actor import Actor
from dunwell.features.access.roles import Role, permissions

LIMITS = {
    "adjustment_limits": """[
        { role = "service_rep", currency = "USD", amount = 50 },
        { role = "manager", currency = "USD", amount = 500 },
    ]"""
}


def in_care(name: str, *roles: str, brands: frozenset[int] | None = None) -> Actor:
    return Actor(name, permissions(roles), brands, roles=frozenset(roles))


REP = in_care("Rita", Role.SERVICE_REP)
MANAGER = in_care("Mary", Role.MANAGER)
OTHER_MANAGER = in_care("Max", Role.MANAGER)

POLICY = policy(scenario(), settings=LIMITS)
