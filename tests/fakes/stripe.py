"""A small Stripe: the payment-intent part of its HTTP API, on a real socket, with a log of its own.

A payment method's token tells what happens: `pm_ok`, `pm_processing`, `pm_action`, or
`pm_decline_CODE`. `before_answer` is called after a charge has been made and before it is
answered, so that a test can kill the caller, or break the connection by returning True.
"""

import hashlib
import hmac
import json
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.fakes.on_a_port import Answering, OnAPort

SECRET = "whsec_test"


class FakeStripe(OnAPort):
    def __init__(self) -> None:
        self.intents: dict[str, dict[str, Any]] = {}
        self.by_key: dict[str, tuple[int, dict[str, Any], str]] = {}
        self.charged: Counter[str] = Counter()
        """How often money was really moved, by key."""
        self.requests: list[tuple[str, str]] = []
        self.before_answer: Callable[[dict[str, Any]], object] = lambda _intent: None
        self.down = False
        self._lock = threading.Lock()
        fake = self

        class Handler(Answering):
            def get(self) -> None:
                fake.requests.append(("GET", self.path))
                path, _, query = self.path.partition("?")
                if fake.down:
                    self.answer_json(503, {"error": {"type": "api_error", "message": "down"}})
                elif path.endswith("/search"):
                    wanted = urllib.parse.parse_qs(query)["query"][0].split(":")[1].strip("'")
                    found = [
                        intent
                        for intent in fake.intents.values()
                        if intent["metadata"].get("dunwell_key") == wanted
                    ]
                    self.answer_json(
                        200, {"object": "search_result", "data": found, "has_more": False}
                    )
                else:
                    self.answer_json(200, fake.intents[path.rsplit("/", 1)[1]])

            def post(self) -> None:
                form = dict(urllib.parse.parse_qsl(self.body()))
                fake.requests.append(("POST", self.path))
                if fake.down:
                    self.answer_json(503, {"error": {"type": "api_error", "message": "down"}})
                    return
                status, answer, charged = fake.create(self.headers["Idempotency-Key"], form)
                if charged and fake.before_answer(answer):
                    self.close_connection = True
                    return
                self.answer_json(status, answer)

        super().__init__(Handler)

    def create(self, key: str, form: dict[str, str]) -> tuple[int, dict[str, Any], bool]:
        """A confirmed payment intent; the second call with a key repeats the first's answer."""
        with self._lock:
            wanted = json.dumps(form, sort_keys=True)
            if key in self.by_key:
                status, answer, before = self.by_key[key]
                if before != wanted:
                    error = {"type": "idempotency_error", "message": "other parameters"}
                    return 400, {"error": error}, False
                return status, answer, False
            token = form["payment_method"]
            intent: dict[str, Any] = {
                "id": f"pi_{len(self.intents) + 1}",
                "object": "payment_intent",
                "amount": int(form["amount"]),
                "amount_received": 0,
                "currency": form["currency"],
                "metadata": {"dunwell_key": form["metadata[dunwell_key]"]},
                "description": form["description"],
                "status": "succeeded",
            }
            self.intents[intent["id"]] = intent
            status, answer = 200, intent
            if token.startswith("pm_decline_"):
                intent["status"] = "requires_payment_method"
                status = 402
                answer = {
                    "error": {
                        "type": "card_error",
                        "code": "card_declined",
                        "decline_code": token.removeprefix("pm_decline_"),
                        "message": "Your card was declined.",
                        "payment_intent": intent,
                    }
                }
            elif token == "pm_processing":
                intent["status"] = "processing"
            elif token == "pm_action":
                intent["status"] = "requires_action"
            elif token == "pm_ok":
                intent["amount_received"] = intent["amount"]
                self.charged[key] += 1
            else:
                error = {"type": "invalid_request_error", "message": f"No such {token}"}
                status, answer = 400, {"error": error}
            self.by_key[key] = status, answer, wanted
            return status, answer, status == 200

    def succeed(self, intent_id: str) -> dict[str, Any]:
        """A charge that was processing has come through."""
        intent = self.intents[intent_id]
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        self.charged[intent["metadata"]["dunwell_key"]] += 1
        return intent


def webhook(
    kind: str, thing: dict[str, Any], secret: str = SECRET, *, at: int | None = None
) -> tuple[bytes, str]:
    """A webhook call as Stripe signs it: its body and its signature."""
    payload = json.dumps(
        {"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing}}
    ).encode()
    stamp = str(at or int(time.time()))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return payload, f"t={stamp},v1={digest}"
