"""A shop with Stripe Billing: what is put into the fake, and what is owed here in the end."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.fakes.stripe_billing import FakeBilling

from dunwell.engine.connecting import Connecting

if TYPE_CHECKING:
    from tests.features.connectors.conftest import Plant

Shop = Callable[..., Connecting]


def put_invoice(billing: FakeBilling, number: str, units: int, **facts: Any) -> dict[str, Any]:
    """An open invoice of Ada's."""
    told = {
        "customer": "cus_1",
        "currency": "usd",
        "status": "open",
        "number": f"N-{number}",
        "amount_due": units,
        "due_date": 1769904000,
        "created": 1767225600,
        **facts,
    }
    return billing.put("invoices", number, **told)


def put_charge(billing: FakeBilling, number: str, units: int, **facts: Any) -> dict[str, Any]:
    """A charge of Ada's that succeeded."""
    told = {"customer": "cus_1", "currency": "usd", "status": "succeeded", "amount": units}
    return billing.put("charges", number, **{**told, "created": 1768000000, **facts})


def give_back(
    billing: FakeBilling, noun: str, number: str, units: int, **facts: Any
) -> dict[str, Any]:
    """Money of the charge ch_1 goes back."""
    verb = billing.refund if noun == "refunds" else billing.dispute
    return verb(number, "ch_1", units, **{"created": 1768500000, **facts})


def bills(plant: "Plant") -> list[tuple[Any, ...]]:
    """All bills by number, with their days."""
    return plant.rows("select bill_no, amount, issued_on::text, due_on::text from bill order by 1")


def owed_in_all(plant: "Plant") -> Decimal:
    """What is owed in the end: items less credits, whether posted or not."""
    ((owed,),) = plant.rows(
        "select (select coalesce(sum(amount), 0) from item)"
        " - (select coalesce(sum(amount), 0) from credit)"
    )
    return Decimal(owed)
