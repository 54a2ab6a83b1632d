"""The null gateway: for demonstrations and tests. It succeeds, unless the token says otherwise:
`decline:CODE` is refused for good, `retry:CODE` for now, `pending` answers later.
"""

from collections.abc import Sequence

from dunwell.domain.errors import Forbidden
from dunwell.features.payments.gateways.base import (
    Charge,
    Declined,
    News,
    Outcome,
    Pending,
    Succeeded,
)


class NullGateway:
    """Collects nothing and says that it did."""

    name = "null"

    def charge(self, charge: Charge) -> Outcome:
        """What the token says."""
        kind, _, code = charge.method.token.partition(":")
        match kind:
            case "decline" | "retry":
                return Declined(code or "declined", retryable=kind == "retry")
            case "pending":
                return Pending(f"null-{charge.key}")
        return Succeeded(charge.amount, f"null-{charge.key}")

    def find(self, charge: Charge, reference: str | None) -> Outcome | None:
        """It remembers nothing; what was pending stays so."""
        del charge
        return Pending(reference) if reference else None

    def read_webhook(self, payload: bytes, signature: str) -> Sequence[News]:
        """It has no news."""
        del payload, signature
        raise Forbidden("The null gateway sends no webhooks.")
