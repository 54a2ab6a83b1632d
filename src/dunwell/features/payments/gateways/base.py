"""The form of a gateway: online (asked one charge at a time) or file (a batch out, a statement in).

An online gateway is asked with an idempotency key that was fixed before; asked twice with one key,
it charges once. What becomes of a charge is one of four outcomes, wherever the news comes from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from dunwell.domain.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Method:
    """What is charged. `token` is the gateway's, or a mandate's sealed IBAN."""

    kind: str
    token: str
    customer: str | None = None
    holder: str = ""
    expires_on: date | None = None
    mandate_reference: str | None = None
    mandate_signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge: an exact amount, once for each key."""

    key: str
    amount: Decimal
    currency: str
    method: Method
    text: str
    """What the customer reads on their statement, such as the bill unit's number."""


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The money is there, or certain."""

    amount: Decimal
    reference: str | None = None
    on: date | None = None
    """The bank's date; none: the business date."""


@dataclass(frozen=True, slots=True)
class Declined:
    """Refused; `retryable` if the same charge may succeed another day."""

    code: str
    retryable: bool
    message: str = ""
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """Under way; the answer comes later."""

    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A charge that had succeeded, or was under way, came back: a bounced debit, a chargeback."""

    code: str
    retryable: bool
    amount: Decimal
    on: date | None = None


Outcome = Succeeded | Declined | Pending | Returned


@dataclass(frozen=True, slots=True)
class News:
    """What a gateway reports by itself about the charge with this key."""

    key: str
    outcome: Outcome


class GatewayDown(Unavailable):
    """The gateway didn't answer: whether it charged isn't known until it does."""

    code = "gateway_down"


class OnlineGateway(Protocol):
    """Answers at once, or says that the answer will come."""

    name: str

    def charge(self, charge: Charge) -> Outcome:
        """Charge. Raises GatewayDown when there is no answer; ask again with the same key."""
        ...

    def find(self, charge: Charge, reference: str | None) -> Outcome | None:
        """What became of the charge with this key, if the gateway knows one; charges nothing.
        Raises GatewayDown.
        """
        ...

    def read_webhook(self, payload: bytes, signature: str) -> Sequence[News]:
        """The news in a webhook call. Raises Forbidden if the signature is wrong."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """A file for the bank; `message_no` is how its statements name the batch as a whole."""

    content: bytes
    message_no: str


class FileGateway(Protocol):
    """Takes batches as files; what became of them stands in statements."""

    name: str

    def refuse(self, charge: Charge) -> Declined | None:
        """Why a charge can't go into a file, if so."""
        ...

    def submit(self, charges: Sequence[Charge], made_on: date) -> Batch:
        """The file that asks for all of them."""
        ...


Gateway = OnlineGateway | FileGateway
