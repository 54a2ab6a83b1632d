"""SEPA direct debit: pain.008 files for the bank, made by sepaxml and valid by its schema.

The answers come in the bank's statements (`dunwell.features.payments.importing`): a debit's
end-to-end id is its idempotency key.
"""

import datetime as dt
import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from dunwell.features.payments.gateways.base import Batch, Charge, Declined
from dunwell.features.payments.vault import Vault

SCHEMA = "pain.008.001.08"
LONGEST_REFERENCE = 35
LARGEST = 99_999_999_999
"""Cents: the scheme's maximum, 999,999,999.99."""

# the characters that every bank takes
_FOREIGN = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")

RETRYABLE = frozenset({"AM04", "MS02", "MS03", "ED05", "AB05", "AB06", "AB07", "AB08", "DNOR"})
"""Return codes after which the same debit may succeed: no funds, no reason given, a failure on the
way. Closed or wrong accounts, missing mandates and refunds of disputed debits may not.
"""


class SepaGateway:
    """One creditor with one account."""

    name = "sepa"

    def __init__(
        self,
        *,
        creditor: str,
        creditor_id: str,
        iban: str,
        vault: Vault,
        bic: str | None = None,
        lead_days: int = 2,
    ) -> None:
        self._creditor = creditor
        self._creditor_id = creditor_id
        self._iban = compact(iban)
        self._bic = bic
        self._vault = vault
        self._lead_days = lead_days

    def refuse(self, charge: Charge) -> Declined | None:
        """A debit is in euro, with a mandate that was signed and an IBAN that can be."""
        method = charge.method

        def refused(code: str, message: str) -> Declined:
            return Declined(code, retryable=False, message=message)

        if charge.currency != "EUR":
            return refused("currency", f"SEPA collects euro, not {charge.currency}.")
        if method.mandate_reference is None or method.mandate_signed_on is None:
            return refused("no_mandate", "The mandate has no reference or date.")
        if not is_mandate_reference(method.mandate_reference):
            return refused(
                "mandate_reference", "The mandate's reference has more than 35 or odd characters."
            )
        cents = charge.amount.scaleb(2)
        if cents % 1 or not 0 < cents <= LARGEST:
            return refused("amount", f"SEPA can't collect {charge.amount}.")
        if not is_iban(self._open(charge)):
            return refused("iban", "The mandate's IBAN is wrong.")
        return None

    def submit(self, charges: Sequence[Charge], made_on: dt.date) -> Batch:
        """A pain.008 file with one block, valid by the schema."""
        from sepaxml import SepaDD  # noqa: PLC0415 - only those who collect need it

        debit = SepaDD(
            {
                "name": latin(self._creditor) or "Creditor",
                "IBAN": self._iban,
                **({"BIC": self._bic} if self._bic else {}),
                "batch": True,
                "creditor_id": self._creditor_id,
                "currency": "EUR",
            },
            schema=SCHEMA,
            clean=True,
        )
        collected_on = collection_date(made_on, self._lead_days)
        for charge in charges:
            assert charge.method.mandate_signed_on is not None
            debit.add_payment(
                {
                    "name": latin(charge.method.holder) or "NOTPROVIDED",
                    "IBAN": self._open(charge),
                    "amount": int(charge.amount.scaleb(2)),
                    "type": "RCUR",
                    "collection_date": collected_on,
                    "mandate_id": charge.method.mandate_reference,
                    "mandate_date": charge.method.mandate_signed_on,
                    "description": latin(charge.text)[:140] or "Payment",
                    "endtoend_id": charge.key,
                }
            )
        content: bytes = debit.export(validate=True)
        return Batch(content, _payment_information_no(content))

    def _open(self, charge: Charge) -> str:
        return self._vault.open(charge.method.token.encode()).decode()


def _payment_information_no(content: bytes) -> str:
    """The number by which statements name the block; all debits of a day share one."""
    # our own file, fresh from the library
    tree = ET.fromstring(content)  # noqa: S314
    found = tree.find(f".//{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}PmtInfId")
    assert found is not None
    assert found.text is not None
    return found.text


def latin(text: str) -> str:
    """The text in the letters that every bank takes; other scripts are transliterated."""
    from text_unidecode import unidecode  # noqa: PLC0415 - sepaxml's own

    return " ".join(_FOREIGN.sub(" ", unidecode(text)).split()).lstrip("/")


def compact(iban: str) -> str:
    """An IBAN as machines write it."""
    return re.sub(r"\s+", "", iban).upper()


def is_iban(text: str) -> bool:
    """Whether it has the form of an IBAN and its check digits are right."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def is_mandate_reference(text: str) -> bool:
    """Whether banks take it as a mandate's reference."""
    fits = 0 < len(text) <= LONGEST_REFERENCE and not _FOREIGN.search(text)
    return fits and not text.startswith("/") and text == text.strip()


def collection_date(made_on: dt.date, lead_days: int) -> dt.date:
    """The day on which the debtor's bank is to pay: so many days of the TARGET system later."""
    from holidays import financial_holidays  # noqa: PLC0415

    closed = financial_holidays("ECB")
    day = made_on
    for _ in range(lead_days):
        day += dt.timedelta(days=1)
        while day.weekday() >= 5 or day in closed:  # noqa: PLR2004 - Saturday
            day += dt.timedelta(days=1)
    return day
