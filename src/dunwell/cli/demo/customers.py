"""The telecom's customers: accounts, their bill units, and what kind of payer each is."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from dunwell.cli.demo import names

SEED = 20251215
FIRST_NUMBER = 100_001

EURO_SHARE = 0.06
SECOND_BILL_UNIT_SHARE = 0.08


class Payer(StrEnum):
    """How somebody pays; `billing.py` says what that means."""

    EARLY = "early"
    PUNCTUAL = "punctual"
    LATE = "late"
    SLOW = "slow"
    IN_PART = "in part"
    BOUNCING = "bouncing"
    LAPSED = "lapsed"
    NEVER = "never"


SHARES = {
    Payer.EARLY: 34,
    Payer.PUNCTUAL: 33,
    Payer.LATE: 15,
    Payer.SLOW: 6,
    Payer.IN_PART: 4,
    Payer.BOUNCING: 3,
    Payer.LAPSED: 4,
    Payer.NEVER: 1,
}

SCORES = {
    Payer.EARLY: (690, 850),
    Payer.PUNCTUAL: (660, 850),
    Payer.LATE: (560, 740),
    Payer.SLOW: (500, 680),
    Payer.IN_PART: (480, 640),
    Payer.BOUNCING: (450, 620),
    Payer.LAPSED: (420, 700),
    Payer.NEVER: (350, 560),
}

SEGMENTS = {"consumer": 86, "business": 14}
PAY_TYPES = {"invoice": 40, "card": 34, "direct_debit": 22, "check": 3, "cash": 1}
PRODUCTS = ("mobile", "fibre", "tv")


@dataclass(frozen=True, slots=True)
class Account:
    """A row of accounts.csv."""

    account_no: str
    name: str
    company: str
    email: str
    phone: str
    address: str
    city: str
    postal_code: str
    country: str
    locale: str
    account_type: str
    credit_score: int
    segment: str


@dataclass(frozen=True, slots=True)
class BillUnit:
    """A row of bill_units.csv, with what the file doesn't tell: how it is billed and paid."""

    bill_unit_no: str
    account_no: str
    currency: str
    pay_type: str
    delivery: str
    product: str
    payer: Payer
    cycle_day: int
    monthly_cents: int


def pick(random: Random, shares: dict[str, int]) -> str:
    """One of the keys, each as often as its share says."""
    return random.choices(list(shares), list(shares.values()))[0]


def customer(number: int) -> tuple[Account, list[BillUnit]]:
    """The n-th customer, the same every time, whatever the number of customers."""
    random = Random(f"{SEED} customer {number}")
    account_no = str(FIRST_NUMBER + number)
    euro = random.random() < EURO_SHARE
    place = random.choice(names.EURO_PLACES if euro else names.DOLLAR_PLACES)
    person = names.person(random)
    segment = pick(random, SEGMENTS)
    payer = random.choices(list(SHARES), list(SHARES.values()))[0]
    business = segment == "business"
    account = Account(
        account_no=account_no,
        name=person.name,
        company=f"{person.family} {random.choice(names.TRADES)}" if business else "",
        email=f"{person.spelling}.{account_no}@example.{'org' if business else 'com'}",
        phone=names.digits(random, place.phone),
        address=f"{random.choice(place.streets)} {random.randint(1, 199)}",
        city=place.city,
        postal_code=names.digits(random, place.postal),
        country=place.country,
        locale=place.locale,
        account_type="business" if business else "residential",
        credit_score=random.randint(*SCORES[payer]),
        segment=segment,
    )
    count = 2 if random.random() < SECOND_BILL_UNIT_SHARE else 1
    units = [
        _bill_unit(random, account, payer, "EUR" if euro else "USD", position)
        for position in range(1, count + 1)
    ]
    return account, units


def _bill_unit(
    random: Random, account: Account, payer: Payer, currency: str, position: int
) -> BillUnit:
    # somebody who pays the first of two late may well pay the second on time
    if position > 1 and random.choice([True, False]):
        payer = Payer.PUNCTUAL
    pay_type = pick(random, PAY_TYPES)
    if payer in (Payer.IN_PART, Payer.NEVER):
        pay_type = "invoice"
    elif payer is Payer.BOUNCING:
        pay_type = random.choice(["direct_debit", "check"])
    low, high = (9_900, 64_900) if account.segment == "business" else (2_400, 12_900)
    return BillUnit(
        bill_unit_no=f"{account.account_no}-{position}",
        account_no=account.account_no,
        currency=currency,
        pay_type=pay_type,
        delivery=random.choice(["email", "email", "postal"]),
        product=PRODUCTS[(position - 1 + random.randint(0, 1)) % len(PRODUCTS)],
        payer=payer,
        cycle_day=random.randint(1, 28),
        monthly_cents=random.randrange(low, high, 50),
    )
