"""Signatures of messages, as Standard Webhooks defines them."""

import datetime as dt
from collections.abc import Sequence

from standardwebhooks import Webhook


class Signer:
    """Signs with each of the secrets, so that a receiver may know any of them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._signers = [Webhook(secret) for secret in secrets]

    def headers(self, message_id: str, body: str, now: dt.datetime) -> dict[str, str]:
        """What a receiver checks a message with."""
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(
                signer.sign(message_id, now, body) for signer in self._signers
            ),
        }
