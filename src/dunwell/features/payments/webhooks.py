"""Webhooks: news that a gateway sends by itself, believed only when it is signed."""

from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.payments import recording
from dunwell.features.payments.gateways.base import Returned
from dunwell.features.payments.gateways.registry import Gateways
from dunwell.features.payments.recording import COLLECTING, Recorded, Unit


def take(
    operation: Operation, gateways: Gateways, name: str, payload: bytes, signature: str
) -> set[Unit]:
    """Record what a gateway reports; the bill units whose balances changed, to be settled.

    News that is known already, or about something else than our charges, changes nothing. Raises
    Forbidden if the signature is wrong, NotFound for a gateway that isn't in use.
    """
    operation.actor.require(Permission.TAKE_PAYMENT)
    if name not in set(gateways.routes.values()):
        raise NotFound(f"There is no gateway {name!r}; DUNWELL_GATEWAYS names those in use.")
    gateway = gateways.named(name)
    if not hasattr(gateway, "read_webhook"):
        raise NotFound(f"The gateway {name!r} takes no webhooks.")
    paid: set[Unit] = set()
    for news in gateway.read_webhook(payload, signature):
        given = {"key": news.key}
        row = COLLECTING["owner"].run(operation.connection, given).fetchone()
        recorded: Recorded | None = None
        if row is not None:
            recorded = recording.record(operation, row[0], row[1], news.key, news.outcome)
        elif isinstance(news.outcome, Returned):
            recorded = _returned(operation, news.key, news.outcome)
        if recorded is not None and recorded.paid is not None:
            paid.add(recorded.paid)
    return paid


def _returned(operation: Operation, key: str, outcome: Returned) -> Recorded | None:
    """A charge came back whose attempt has been tried again since."""
    given = {"number": recording.payment_number(key)}
    row = COLLECTING["owner_of_payment"].run(operation.connection, given).fetchone()
    if row is None:
        return None
    unit = recording.reverse_earlier(operation, row[0], row[1], key, outcome)
    return Recorded("returned", outcome.amount, row[2], unit)
