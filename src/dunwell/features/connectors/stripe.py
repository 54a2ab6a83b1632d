"""Stripe Billing: customers, invoices, charges, refunds and disputes, by its API and its webhooks.

The first fetch pages through everything; the next ones ask for the events since, and fetch anew
what they are about: an event says that something changed, not what it is now. So events that come
late, twice or in another order do no harm. The same goes for a webhook, whose signature is checked
with five minutes' tolerance.
"""

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from dunwell.domain.errors import BadInput, Forbidden, NotFound, Unavailable
from dunwell.features.connectors import stripe_rows
from dunwell.features.connectors.entries import Entry, read
from dunwell.plugins.connecting import Connector, Found, Rows, Wanted
from dunwell.plugins.specs import hookimpl

PAGE = 100
GONE = 404
TIMEOUT = 30.0
OVERLAP = 300
"""Seconds before the last fetch from which events are asked for again."""
KEPT = 29 * 24 * 3600
"""Stripe keeps events for 30 days; after a longer pause everything is fetched."""

ORDER = ("accounts", "known accounts", "bill_units", "bills", "payments", "adjustments")
NOUNS = {
    "customer": "customers",
    "invoice": "invoices",
    "charge": "charges",
    "refund": "refunds",
    "dispute": "disputes",
}
"""By what an event's object is: where it is fetched."""
EVENTS = (
    *("customer.created", "customer.updated"),
    *("invoice.finalized", "invoice.updated", "invoice.voided", "invoice.paid"),
    *("invoice.marked_uncollectible",),
    *("charge.succeeded", "charge.captured", "charge.updated"),
    *("refund.created", "refund.updated", "refund.failed"),
    *("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"),
    *("charge.dispute.closed",),
)

Thing = Mapping[str, Any]


class StripeEntry(Entry):
    """What is particular to one Stripe account; key and secrets are the gateway's by default."""

    refunds: Literal["credit", "owe"] = "credit"
    """Whether what was refunded is credited, or owed again."""
    account_no_metadata: str | None = None
    """The metadata that holds our number of a customer whom another system keeps."""


class StripeBilling:
    """One Stripe account."""

    def __init__(
        self,
        name: str,
        entry: StripeEntry,
        key: str,
        webhook_secret: str | None,
        address: str | None,
    ) -> None:
        import stripe  # noqa: PLC0415 - half a second that most commands save

        self.name = name
        self.every = entry.every
        self._entry = entry
        self._stripe = stripe
        self._webhook_secret = webhook_secret
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": address} if address else {},
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )

    def fetch(self, cursor: Any) -> Iterator[Found]:
        """Everything without a cursor, else what changed since."""
        started = int(time.time())
        since = cursor.get("since") if isinstance(cursor, dict) else None
        if since is None or since < started - KEPT:
            yield from self._everything()
        else:
            asked = {"created": {"gte": since - OVERLAP}, "types": list(EVENTS)}
            # the newest come first, and a refund needs its charge
            for page in reversed(list(self._pages("events", asked))):
                yield from self._anew(page)
        yield Found(cursor={"since": started})

    def hear(self, payload: bytes, signature: str) -> Iterator[Found]:
        """What a signed event is about, fetched anew."""
        if not self._webhook_secret:
            raise Forbidden(
                f"The connector {self.name!r} has no webhook secret, so none is believed."
            )
        try:
            event = self._client.construct_event(payload, signature, self._webhook_secret)
        except (ValueError, self._stripe.SignatureVerificationError) as failure:
            raise Forbidden("The webhook's signature is wrong, missing or too old.") from failure
        yield from self._anew([event.to_dict()])

    def _everything(self) -> Iterator[Found]:
        for noun in NOUNS.values():
            expanded = {"expand": ["data.charge"]} if noun in ("refunds", "disputes") else {}
            moment = _now()
            for page in self._pages(noun, expanded):
                yield self._found({noun: page}, moment)

    def _anew(self, events: Iterable[Thing]) -> Iterator[Found]:
        """The things that events are about, as they are now, with their customers."""
        wanted: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for event in events:
            thing = event["data"]["object"]
            noun = NOUNS.get(str(thing.get("object")))
            if noun and event.get("type") in EVENTS:
                wanted[noun][thing["id"]] = None
        moment = _now()
        things = {noun: self._those(noun, ids) for noun, ids in wanted.items()}
        owners = {
            owner: None
            for noun in ("invoices", "charges")
            for thing in things.get(noun, ())
            if (owner := stripe_rows.of(thing, "customer"))
        }
        known = {thing["id"] for thing in things.get("customers", ())}
        others = self._those("customers", (each for each in owners if each not in known))
        things["customers"] = [*things.get("customers", ()), *others]
        if any(things.values()):
            yield self._found(things, moment)

    def _found(self, things: Mapping[str, Sequence[Thing]], version: str) -> Found:
        rows = _Collected(self.name, version, self._entry.account_no_metadata)
        for customer in things.get("customers", ()):
            rows.customer(customer)
        for invoice in things.get("invoices", ()):
            rows.billed(invoice, "bills", stripe_rows.bill(self.name, invoice))
            rows.billed(invoice, "payments", stripe_rows.paid_elsewhere(self.name, invoice))
        for charge in things.get("charges", ()):
            rows.billed(charge, "payments", stripe_rows.payment(self.name, charge))
        for noun in ("refunds", "disputes"):
            for thing in things.get(noun, ()):
                for kind, row in self._returned(noun, thing):
                    rows.add(kind, row)
        return rows.found()

    def _returned(self, noun: str, thing: Thing) -> list[tuple[str, dict[str, Any]]]:
        again = noun == "disputes" or self._entry.refunds == "owe"
        # what was credited as well has left nothing to undo
        undone = again and thing.get("status") in _UNDONE[noun]
        charge = thing.get("charge")
        if not charge or not (undone or thing.get("status") in _TAKEN[noun]):
            return []
        if not isinstance(charge, Mapping):
            charge = self._one("charges", charge)
            if charge is None:
                return []
        return stripe_rows.returned(self.name, thing, charge, owed_again=again, undone=undone)

    def _pages(self, noun: str, asked: Mapping[str, Any]) -> Iterator[list[Thing]]:
        after: dict[str, Any] = {}
        while True:
            answer = self._ask(noun, {**asked, "limit": PAGE, **after})
            page = list(answer["data"])
            if page:
                yield page
            if not answer.get("has_more") or not page:
                return
            after = {"starting_after": page[-1]["id"]}

    def _those(self, noun: str, numbers: Iterable[str]) -> list[Thing]:
        """Those that are still there."""
        return [each for number in numbers if (each := self._one(noun, number)) is not None]

    def _one(self, noun: str, number: str) -> Thing | None:
        """One thing; none if it is gone, such as a draft that was deleted."""
        try:
            found: Thing = self._ask(f"{noun}/{number}", {})
        except NotFound:
            return None
        return found

    def _ask(self, path: str, asked: Mapping[str, Any]) -> Any:
        try:
            answer = self._client.raw_request("get", f"/v1/{path}", **asked)
        except self._stripe.StripeError as error:
            if error.http_status == GONE:
                raise NotFound(f"{self.name}: Stripe has no such thing (any more).") from error
            # the class says what is wrong; the text may hold what the log must not
            raise Unavailable(
                f"{self.name}: Stripe gave no answer ({type(error).__name__}); it is asked again."
            ) from error
        return answer.data


class _Collected:
    """Rows of several kinds, each thing once."""

    def __init__(self, system: str, version: str, number_in: str | None) -> None:
        self._system = system
        self._version = version
        self._number_in = number_in
        self._rows: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)

    def add(self, kind: str, row: dict[str, Any]) -> None:
        self._rows[kind][str(row[_KEYS[kind]])] = row

    def customer(self, customer: Thing) -> None:
        """A customer; one with our own number is kept by another system."""
        if customer.get("deleted"):
            return
        numbers = customer.get("metadata") or {}
        number = numbers.get(self._number_in) if self._number_in else None
        if number:
            told = stripe_rows.known_account(self._system, customer, self._version, number)
            self.add("known accounts", told)
        else:
            self.add("accounts", stripe_rows.account(self._system, customer, self._version))

    def billed(self, thing: Thing, kind: str, row: dict[str, Any] | None) -> None:
        """An invoice or a charge, and the bill unit that it needs."""
        owner = stripe_rows.of(thing, "customer")
        if row is not None and owner is not None:
            currency = thing["currency"]
            unit = stripe_rows.bill_unit(self._system, owner, currency, self._version)
            self.add("bill_units", unit)
            self.add(kind, row)

    def found(self) -> Found:
        """In the order in which they are loaded."""
        return Found(
            [
                Rows(kind.removeprefix("known "), list(self._rows[kind].values()))
                for kind in ORDER
                if self._rows[kind]
            ]
        )


_KEYS = {
    "accounts": "outside_id",
    "known accounts": "outside_id",
    "bill_units": "outside_id",
    "bills": "bill_no",
    "payments": "payment_no",
    "adjustments": "adjustment_no",
}
_TAKEN = {
    "refunds": ("succeeded", "pending"),
    # the money is gone until the dispute is won
    "disputes": ("needs_response", "under_review", "lost"),
}
_UNDONE = {"refunds": ("failed", "canceled"), "disputes": ("won",)}


def _now() -> str:
    """The version of what is fetched from now on."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


@hookimpl
def connectors(wanted: Wanted) -> Sequence[Connector]:
    """The entries of the type `stripe`."""
    made: list[Connector] = []
    for name, given in wanted.of_type("stripe"):
        key = wanted.secrets.get(name) or wanted.stripe.get("key")
        if not key:
            raise BadInput(
                f"The connector {name!r} needs DUNWELL_STRIPE_KEY, or its own key in"
                " DUNWELL_CONNECTOR_SECRETS."
            )
        secret = wanted.secrets.get(f"{name}.webhook") or wanted.stripe.get("webhook_secret")
        entry = read(StripeEntry, name, given)
        made.append(StripeBilling(name, entry, key, secret, wanted.stripe.get("address")))
    return made
