"""Another side of a small Stripe: things that are listed page by page, fetched one by one, and told
of by events. As the real one, it shows lists within things only when it is asked to expand them,
and then only their beginning; a charge doesn't know its invoice; no more is refunded than was
charged. It keeps what it was asked, and can be down.
"""

import urllib.parse
from typing import Any

from tests.fakes.on_a_port import Answering, OnAPort
from tests.fakes.stripe import SECRET

__all__ = ["SECRET", "FakeBilling"]


WITHIN = 10
"""So much of a list within a thing is shown."""
MOST_TYPES = 20


class FakeBilling(OnAPort):
    def __init__(self) -> None:
        self.things: dict[str, dict[str, dict[str, Any]]] = {
            noun: {}
            for noun in (
                *("customers", "invoices", "invoice_payments", "charges", "refunds", "disputes"),
            )
        }
        self.events: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.keys: list[str] = []
        self.down = False
        fake = self

        class Handler(Answering):
            def get(self) -> None:
                fake.asked.append(self.path)
                fake.keys.append(self.headers["Authorization"])
                path, _, query = self.path.partition("?")
                self.answer_json(*fake.answer(path, urllib.parse.parse_qs(query)))

        super().__init__(Handler)

    def put(self, noun: str, number: str, /, **facts: Any) -> dict[str, Any]:
        """Something is made or changed."""
        before = self.things[noun].get(number, {})
        thing = {"id": number, "object": noun[:-1], "created": 1767225600, **before, **facts}
        self.things[noun][number] = thing
        return thing

    def event(self, kind: str, thing: dict[str, Any], created: int) -> dict[str, Any]:
        """Something is told; with the thing as it was then."""
        told = {
            "id": f"evt_{len(self.events) + 1}",
            "object": "event",
            "type": kind,
            "created": created,
            "data": {"object": dict(thing)},
        }
        self.events.append(told)
        return told

    def refund(self, number: str, charge: str, amount: int, **facts: Any) -> dict[str, Any]:
        """A charge, or what is left of it, is refunded."""
        others = self._of("refunds", "charge", charge)
        gone = sum(
            each["amount"]
            for each in others
            if each["id"] != number and each["status"] not in ("failed", "canceled")
        )
        assert gone + amount <= self.things["charges"][charge]["amount"], "Stripe refuses that"
        return self.put("refunds", number, charge=charge, amount=amount, **facts)

    def dispute(self, number: str, charge: str, amount: int, **facts: Any) -> dict[str, Any]:
        """The customer's bank takes a charge, or a part of it, back."""
        self.put("charges", charge, disputed=True)
        return self.put("disputes", number, charge=charge, amount=amount, **facts)

    def pays(self, charge: str, invoice: str) -> None:
        """A charge is for an invoice; only the payment of the invoice says so."""
        self.put("charges", charge, payment_intent=f"pi_{charge}")
        paying = {"type": "payment_intent", "payment_intent": f"pi_{charge}"}
        self.put("invoice_payments", f"inpay_{charge}_{invoice}", invoice=invoice, payment=paying)

    def _of(self, noun: str, by: str, number: str) -> list[dict[str, Any]]:
        return [each for each in self.things[noun].values() if each.get(by) == number]

    def _shown(self, noun: str, thing: dict[str, Any], expanded: set[str]) -> dict[str, Any]:
        lists = {"charges": ("refunds", "charge"), "invoices": ("payments", "invoice")}
        within, by = lists.get(noun, ("", ""))
        if within not in expanded:
            return thing
        held = "invoice_payments" if within == "payments" else within
        found = self._of(held, by, thing["id"])[::-1]
        more = {"object": "list", "data": found[:WITHIN], "has_more": len(found) > WITHIN}
        return {**thing, within: more}

    def answer(self, path: str, asked: dict[str, list[str]]) -> tuple[int, Any]:
        if self.down:
            return 503, {"error": {"type": "api_error", "message": "down"}}
        noun, _, number = path.removeprefix("/v1/").partition("/")
        expanded = {
            each.removeprefix("data.")
            for name, given in asked.items()
            if name.startswith("expand")
            for each in given
        }
        if number:
            thing = self.things[noun].get(number)
            if thing is None:
                return 404, {"error": {"type": "invalid_request_error"}}
            return 200, self._shown(noun, thing, expanded)
        if noun == "events":
            since = int(asked.get("created[gte]", ["0"])[0])
            assert sum(name.startswith("types") for name in asked) <= MOST_TYPES
            found = [each for each in reversed(self.events) if each["created"] >= since]
        else:
            found = [self._shown(noun, each, expanded) for each in self.things[noun].values()]
        for by in ("charge", "invoice"):
            if by in asked:
                found = [each for each in found if each.get(by) == asked[by][0]]
        if "payment[type]" in asked:
            kind = asked["payment[type]"][0]
            wanted = asked[f"payment[{kind}]"][0]
            found = [each for each in found if each["payment"].get(kind) == wanted]
        after = asked.get("starting_after", [""])[0]
        first = next((no for no, each in enumerate(found, 1) if each["id"] == after), 0)
        limit = int(asked["limit"][0])
        page = found[first : first + limit]
        more = len(found) > first + limit
        return 200, {"object": "list", "data": page, "has_more": more}
