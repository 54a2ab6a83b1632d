"""A letter's data as the night would gather them, made up: for previews and for the reference."""

from typing import Any

DAYS_TO_PAY = 10

SENDER: dict[str, Any] = {
    "name": "Northwind Telecom",
    "address": ["Hafenstraße 12", "20457 Hamburg"],
    "country": "DE",
    "phone": "+49 40 5550 1234",
    "email": "billing@northwind.example",
    "website": "www.northwind.example",
    "bank": "Hanse Bank",
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "legal": "Amtsgericht Hamburg HRB 4711 · USt-IdNr. DE123456789",
}
"""For a brand that has no sender of its own yet."""


def data(locale: str = "en_US") -> dict[str, Any]:
    """What a letter says of a customer with three overdue bills and a fee of the same night."""
    return {
        "business_date": "2026-03-16",
        "overdue_amount": "264.70",
        "currency": "EUR",
        "overdue_date": "2025-12-15",
        "brand": "default",
        "scenario": "Standard",
        "account": {
            "account_no": "100158",
            "name": "Ana García Müller",
            "company": "Müller & Söhne GmbH",
            "email": "ana.garcia@example.com",
            "phone": "+49 30 5550 199",
            "address": "Lindenallee 5",
            "city": "Berlin",
            "postal_code": "10115",
            "country": "DE",
            "locale": locale,
        },
        "bill_unit": {"bill_unit_no": "100158-1", "pay_type": "invoice"},
        "bills": [
            _bill("R-2025-11873", "2025-12-01", "2025-12-15", "88.20", 91),
            _bill("R-2026-00412", "2026-01-01", "2026-01-15", "88.20", 60),
            _bill("R-2026-01977", "2026-02-01", "2026-02-15", "88.30", 29),
        ],
        "fees": [{"kind": "late_fee", "due_on": "2026-03-16", "open_amount": "5.00"}],
        "next_action": {"action": "Final notice", "due_on": "2026-04-01"},
        "receipt": RECEIPT,
    }


RECEIPT = {
    "receipt_no": "R-158-1",
    "payment_no": "taken-5f0c",
    "bill_no": "R-2026-00412",
    "paid_on": "2026-03-16",
    "paid_on_text": "16. 3. 2026",
    "amount": "88.20",
    "amount_text": "88.20 €",
    "method": "cash",
    "reference": "",
    "payer": "",
    "cashier": "rita",
}
"""What only the template `receipt` is given (`dunwell.features.care.receipts`)."""


def _bill(number: str, issued_on: str, due_on: str, amount: str, days: int) -> dict[str, Any]:
    return {
        "bill_no": number,
        "kind": "bill",
        "issued_on": issued_on,
        "due_on": due_on,
        "amount": amount,
        "open_amount": amount,
        "days_overdue": days,
    }
