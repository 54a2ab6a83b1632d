"""What of the installation's settings matters for sending messages: its key, where they may go, and
the name under which it speaks.
"""

from dataclasses import dataclass

from dunwell.features.subscriptions import secrets
from dunwell.features.subscriptions.addresses import Network, networks
from dunwell.settings import Settings


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """How this installation sends; holds the key, so it has no representation."""

    key: bytes
    allowed: tuple[Network, ...] = ()
    """Networks to which messages may go though they aren't public."""
    source: str = "/dunwell"
    nats_credentials: str | None = None
    """The file with which we log in to NATS."""

    @classmethod
    def of(cls, settings: Settings) -> "Outgoing":
        """As the settings say. Raises BadInput."""
        return cls(
            secrets.installation_key(settings),
            networks(settings.webhook_networks),
            settings.event_source,
            str(settings.nats_credentials) if settings.nats_credentials else None,
        )
