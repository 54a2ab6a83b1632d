"""Stripe Billing: customers, invoices and charges with their refunds and disputes, by its API and
its webhooks.

The first fetch pages through everything; the next ones ask for the events since, and fetch anew
what they are about: an event says that something changed, not what it is now. So events that come
late, twice or in another order do no harm. The same goes for a webhook, whose signature is checked
with five minutes' tolerance.
"""

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

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
NOUNS = {"customer": "customers", "invoice": "invoices", "charge": "charges"}
"""By what an event's object is: where it is fetched. What has a charge is fetched with it."""
EVENTS = (
    *("customer.created", "customer.updated"),
    *("invoice.finalized", "invoice.updated", "invoice.voided", "invoice.paid"),
    *("invoice.marked_uncollectible",),
    *("charge.succeeded", "charge.captured", "charge.updated"),
    *("refund.created", "refund.updated", "refund.failed"),
    *("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"),
    "charge.dispute.closed",
)

Thing = Mapping[str, Any]


class StripeEntry(Entry):
    """What is particular to one Stripe account; key and secrets are the gateway's by default."""

    refunds: Literal["credit", "owe"] = "credit"
    """Whether what was refunded is credited, or owed again."""
    charges_without_invoice: Literal["credit", "ignore"] = "credit"
    """Whether a charge that pays no invoice is money on account, or for something never billed."""
    time_zone: ZoneInfo | None = None
    """Whose days dates are; the default brand's."""
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
        zone: ZoneInfo,
    ) -> None:
        import stripe  # noqa: PLC0415 - half a second that most commands save

        self.name = name
        self.every = entry.every
        self._entry = entry
        owed = entry.refunds == "owe"
        self._shop = stripe_rows.Shop(name, entry.time_zone or zone, owed)
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
        for page in self._pages("customers", {}):
            yield self._found({"customers": page}, _now())
        named: dict[str, str | None] = {}
        for page in self._pages("invoices", {"expand": ["data.payments"]}):
            for invoice in page:
                for paid in self._listed(invoice, "payments", "invoice_payments", "invoice"):
                    _name(named, paid, stripe_rows.bill_no(invoice))
            yield self._found({"invoices": page}, _now())
        for page in self._pages("charges", {"expand": ["data.refunds"]}):
            yield self._found({"charges": page}, _now(), named)

    def _anew(self, events: Iterable[Thing]) -> Iterator[Found]:
        """The things that events are about, as they are now, with their customers."""
        wanted: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for event in events:
            thing = event["data"]["object"]
            if event.get("type") not in EVENTS:
                continue
            if noun := NOUNS.get(str(thing.get("object"))):
                wanted[noun][thing["id"]] = None
            elif number := stripe_rows.of(thing, "charge"):
                wanted["charges"][number] = None
        moment = _now()
        charges = self._those("charges", wanted["charges"], {"expand": ["refunds"]})
        named: dict[str, str | None] = {}
        for charge in charges:
            for paid in self._paying(charge):
                invoice = stripe_rows.of(paid, "invoice")
                if invoice and (found := self._one("invoices", invoice)):
                    wanted["invoices"][invoice] = None
                    _name(named, paid, stripe_rows.bill_no(found))
        invoices = self._those("invoices", wanted["invoices"])
        owners = (stripe_rows.of(thing, "customer") for thing in (*invoices, *charges))
        wanted["customers"] |= dict.fromkeys(owner for owner in owners if owner)
        things = {
            "customers": self._those("customers", wanted["customers"]),
            "invoices": invoices,
            "charges": charges,
        }
        if any(things.values()):
            yield self._found(things, moment, named)

    def _paying(self, charge: Thing) -> list[Thing]:
        """What says which invoices a charge pays."""
        kind = "payment_intent" if charge.get("payment_intent") else "charge"
        number = stripe_rows.of(charge, kind) or charge["id"]
        asked = {"payment": {"type": kind, kind: number}}
        return [each for page in self._pages("invoice_payments", asked) for each in page]

    def _found(
        self,
        things: Mapping[str, Sequence[Thing]],
        version: str,
        named: Mapping[str, str | None] | None = None,
    ) -> Found:
        rows = _Collected(self._shop, version, self._entry.account_no_metadata)
        for customer in things.get("customers", ()):
            rows.customer(customer)
        for invoice in things.get("invoices", ()):
            rows.billed(invoice, "bills", stripe_rows.bill(self._shop, invoice))
            rows.billed(invoice, "payments", stripe_rows.paid_elsewhere(self._shop, invoice))
        for charge in things.get("charges", ()):
            self._charged(rows, charge, named or {})
        return rows.found()

    def _charged(self, rows: "_Collected", charge: Thing, named: Mapping[str, str | None]) -> None:
        """A charge with all that was taken back of it."""
        number = stripe_rows.of(charge, "payment_intent") or charge["id"]
        if number not in named and self._entry.charges_without_invoice == "ignore":
            return
        paid = stripe_rows.payment(self._shop, charge, named.get(number))
        rows.billed(charge, "payments", paid)
        if paid is None:
            return
        back = self._listed(charge, "refunds", "refunds", "charge")
        if charge.get("disputed"):
            asked = {"charge": charge["id"]}
            back += [each for page in self._pages("disputes", asked) for each in page]
        for kind, row in stripe_rows.returned(self._shop, paid, charge, back):
            rows.add(kind, row)

    def _listed(self, thing: Thing, within: str, noun: str, of: str) -> list[Thing]:
        """A list that stands within a thing, fetched where that holds only its beginning."""
        listed = thing.get(within)
        if listed and not listed.get("has_more"):
            return list(listed["data"])
        return [each for page in self._pages(noun, {of: thing["id"]}) for each in page]

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

    def _those(
        self, noun: str, numbers: Iterable[str], asked: Mapping[str, Any] = MappingProxyType({})
    ) -> list[Thing]:
        """Those that are still there."""
        return [each for number in numbers if (each := self._one(noun, number, asked)) is not None]

    def _one(
        self, noun: str, number: str, asked: Mapping[str, Any] = MappingProxyType({})
    ) -> Thing | None:
        """One thing; none if it is gone, such as a draft that was deleted."""
        try:
            found: Thing = self._ask(f"{noun}/{number}", asked)
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

    def __init__(self, shop: stripe_rows.Shop, version: str, number_in: str | None) -> None:
        self._shop = shop
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
            told = stripe_rows.known_account(self._shop, customer, self._version, number)
            self.add("known accounts", told)
        else:
            self.add("accounts", stripe_rows.account(self._shop, customer, self._version))

    def billed(self, thing: Thing, kind: str, row: dict[str, Any] | None) -> None:
        """An invoice or a charge, and the bill unit that it needs."""
        owner = stripe_rows.of(thing, "customer")
        if row is not None and owner is not None:
            currency = thing["currency"]
            unit = stripe_rows.bill_unit(self._shop, owner, currency, self._version)
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


def _name(named: dict[str, str | None], paid: Thing, bill_no: str) -> None:
    """Note which bill is paid by what; none in particular, if it pays several."""
    payment = paid["payment"]
    number = stripe_rows.of(payment, "payment_intent") or stripe_rows.of(payment, "charge")
    if number:
        named[number] = bill_no if named.get(number, bill_no) == bill_no else None


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
        zone, address = wanted.time_zone, wanted.stripe.get("address")
        made.append(StripeBilling(name, entry, key, secret, address, zone))
    return made
