"""The fields that a template gets, made from what the night kept: amounts and dates as people of
the letter's language write them, what a customer lacks as empty text, control signs removed.

Runs in the rendering process. `fields` says what each field means.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency

from dunwell.features.letters.fields import Account, SenderFields
from dunwell.features.policy import values

Fields = dict[str, Any]

TOWN_FIRST = frozenset({"US", "CA", "GB", "AU", "NZ", "IE", "IN"})
"""Countries that write the postal code after the town."""

CODE_AMOUNTS = (Decimal("0.01"), Decimal("999999999.99"))
"""What the payment code can hold."""


def view(
    data: Mapping[str, Any], sender: Mapping[str, Any], locale: str, days: int, today: str = ""
) -> Fields:
    """The template's fields; `days` is how long the customer has to pay, from the letter's date or
    from `today` if that is later.
    """
    told: Fields = _clean(dict(data))
    language = Locale.parse(locale)
    words = _Words(language, told["currency"])
    told |= {
        "locale": locale,
        "language": language.language,
        "territory": language.territory or "",
        "reference": told["bill_unit"]["bill_unit_no"],
        "sender": _sender(_clean(dict(sender)), told["brand"]),
        "rows": _rows(told, words),
        "pay_by": _pay_by(told, days, today).isoformat(),
    }
    told["account"] = _account(told["account"], told["sender"]["country"], language)
    told |= _total(told, words)
    told["oldest_due_on"] = min(
        (row["due_on"] for row in told["rows"]), default=told["overdue_date"]
    )
    for name in ("business_date", "overdue_date", "oldest_due_on", "pay_by"):
        told[f"{name}_text"] = words.date(told[name])
    told["overdue_amount_text"] = words.money(told["overdue_amount"])
    if told.get("next_action"):
        following = told["next_action"]
        told["next_action"] = {**following, "due_on_text": words.date(following["due_on"])}
    else:
        told["next_action"] = None
    told["payment_code"] = _payment_code(told)
    return told


class _Words:
    """How a locale writes dates and amounts of a currency."""

    def __init__(self, locale: Locale, currency: str) -> None:
        self._locale = locale
        self._currency = currency

    def date(self, day: str) -> str:
        return format_date(dt.date.fromisoformat(day), "long", locale=self._locale)

    def short_date(self, day: str) -> str:
        return format_date(dt.date.fromisoformat(day), "medium", locale=self._locale)

    def money(self, amount: str) -> str:
        rounded = values.currency(self._currency).round(Decimal(amount))
        # Babel's digits differ from ISO 4217's for some currencies: ours stand
        return format_currency(
            rounded, self._currency, locale=self._locale, decimal_quantization=False
        )


def _clean(value: Any) -> Any:
    """The value without control signs, which no font has and XML refuses."""
    match value:
        case str():
            return "".join(
                sign for sign in value if sign.isprintable() or sign in "\n\t\u200c\u200d"
            )
        case dict():
            return {str(_clean(key)): _clean(each) for key, each in value.items()}
        case list():
            return [_clean(each) for each in value]
    return value


def _sender(given: Mapping[str, Any], brand: str) -> Fields:
    empty: Fields = {
        name: [] if name == "address" else None if info.annotation == str | None else ""
        for name, info in SenderFields.model_fields.items()
    }
    sender = {**empty, **given}
    sender["name"] = sender["name"] or brand
    sender["account_holder"] = sender["account_holder"] or sender["name"]
    iban = sender["iban"] or ""
    sender["iban_text"] = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
    return sender


def _account(given: Mapping[str, Any], home: str | None, locale: Locale) -> Fields:
    account: Fields = {**dict.fromkeys(Account.model_fields, ""), **given}
    country = account["country"].upper()
    town = [account["postal_code"], account["city"]]
    if country in TOWN_FIRST:
        town.reverse()
    abroad = country if country and country != (home or country) else ""
    lines = [
        account["company"],
        account["name"],
        *account["address"].splitlines(),
        " ".join(part for part in town if part),
        locale.territories.get(abroad, abroad).upper(),
    ]
    account["address_lines"] = [line for line in dict.fromkeys(lines) if line.strip()]
    account["salutation_name"] = account["name"]
    return account


def _rows(told: Fields, words: _Words) -> list[Fields]:
    day = dt.date.fromisoformat(told["business_date"])
    rows = []
    for item in (*told["bills"], *told["fees"]):
        due_on, issued_on = item["due_on"], item.get("issued_on") or ""
        late = (day - dt.date.fromisoformat(due_on)).days
        rows.append(
            {
                "kind": item["kind"],
                "number": item.get("bill_no") or "",
                "issued_on": issued_on,
                "issued_on_text": words.short_date(issued_on) if issued_on else "",
                "due_on": due_on,
                "due_on_text": words.short_date(due_on),
                "days_overdue": max(late, 0),
                "open_amount": item["open_amount"],
                "open_amount_text": words.money(item["open_amount"]),
            }
        )
    return rows


def _total(told: Fields, words: _Words) -> Fields:
    """What to pay: what was measured as overdue, and the fees that were charged the same night."""
    tonight = sum(
        Decimal(fee["open_amount"])
        for fee in told["fees"]
        if fee["due_on"] >= told["business_date"]
    )
    total = Decimal(told["overdue_amount"]) + tonight
    difference = total - sum(Decimal(row["open_amount"]) for row in told["rows"])
    return {
        "total_amount": values.currency(told["currency"]).text(total),
        "total_amount_text": words.money(str(total)),
        "difference_text": words.money(str(difference)) if difference else "",
        "difference_is_credit": difference < 0,
    }


def _pay_by(told: Fields, days: int, today: str) -> dt.date:
    """So many days after the letter, but before the next action, and never before tomorrow."""
    day = dt.date.fromisoformat(max(told["business_date"], today))
    pay_by = day + dt.timedelta(days=days)
    if told.get("next_action"):
        following = dt.date.fromisoformat(told["next_action"]["due_on"])
        pay_by = min(pay_by, following - dt.timedelta(days=1))
    return max(pay_by, day + dt.timedelta(days=1))


def _payment_code(told: Fields) -> str:
    """The EPC QR code for a credit transfer in euros, as SVG; empty where there can't be one."""
    sender = told["sender"]
    amount = Decimal(told["total_amount"])
    least, most = CODE_AMOUNTS
    if told["currency"] != "EUR" or not sender["iban"] or not least <= amount <= most:
        return ""
    from segno import make_qr  # noqa: PLC0415 - only letters in euros have a code

    text = payment_details(
        name=sender["account_holder"][:70],
        iban=sender["iban"],
        bic=sender["bic"],
        reference=told["reference"][:140],
        amount=str(amount),
    )
    # any mask can be read; choosing the prettiest takes eight times as long
    code = make_qr(text, error="m", boost_error=False, mask=3, encoding="utf-8")
    return str(code.svg_inline(omitsize=True, border=0))


def payment_details(name: str, iban: str, bic: str | None, reference: str, amount: str) -> str:
    """What the payment code says (EPC069-12, version 2, in UTF-8)."""
    # without a purpose code and a structured reference
    lines = ("BCD", "002", "1", "SCT", bic or "", name, iban, f"EUR{amount}", "", "", reference)
    return "\n".join(lines)
