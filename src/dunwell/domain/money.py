"""Money: exact amounts beside their ISO 4217 currency, and the one place in Python that rounds.

Its twin in SQL is the function `round_money`; a property test holds the two together.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency: its code and the number of its decimals (0 for JPY, 3 for KWD)."""

    code: str
    digits: int

    def round(self, amount: Decimal) -> Decimal:
        """The amount to the currency's exponent, halves away from zero."""
        return amount.quantize(Decimal(1).scaleb(-self.digits), rounding=ROUND_HALF_UP)

    def text(self, amount: Decimal) -> str:
        """The amount as an exact decimal string with the currency's decimals: `12.50`."""
        return format(self.round(amount), "f")
