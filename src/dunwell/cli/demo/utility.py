"""The demonstration's other company: a utility with electricity, gas and water, whose last step is
severance, and a field crew that does each day what the night before has sent it.

Its customers and their habits are the telecom's; each service is billed by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from dunwell.cli.demo.billing import Adjustment, Bill, Payment, year_of
from dunwell.cli.demo.customers import SEED, Account, BillUnit, customer

if TYPE_CHECKING:
    from dunwell.bootstrap import Application
    from dunwell.features.access.actor import Operation

POLICY = Path(__file__).with_name("utility.toml")

LIFE_SUPPORT = 0.02
PREMISE_LIFE_SUPPORT = 0.01
MASTER_METER = 0.02
ON_BUDGET = 0.08
COULD_NOT = 0.1
"""Locked gates, dogs: how often the crew can't do what it came for."""

SERVICES = {"electricity": 1.0, "gas": 0.55, "water": 0.35}
STARTED_ON = date(2022, 4, 1)


@dataclass(frozen=True, slots=True)
class Household(Account):
    """A row of accounts.csv, as a utility has it."""

    jurisdiction: str
    life_support: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """A row of service_agreements.csv."""

    service_agreement_no: str
    bill_unit_no: str
    type: str
    started_on: date
    premise_no: str
    premise_address: str
    life_support: str
    master_meter: str


@dataclass(frozen=True, slots=True)
class ServiceBill(Bill):
    """A row of bills.csv: one service's."""

    service_agreement_no: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """A row of budgets.csv: the same amount every month."""

    budget_no: str
    bill_unit_no: str
    cents: int
    started_on: date
    difference_cents: int
    """Used so far beyond what was paid."""
    adjustment_type: str = "budget settlement"


KINDS = {
    Household: "accounts",
    BillUnit: "bill_units",
    Agreement: "service_agreements",
    ServiceBill: "bills",
    Payment: "payments",
    Adjustment: "adjustments",
    Budget: "budgets",
}


def rows(number: int) -> Iterator[Any]:
    """All rows of the n-th customer; nothing for one who pays in euros."""
    account, units = customer(number)
    if units[0].currency != "USD":
        return
    random = Random(f"{SEED} utility {number}")
    yield Household(
        **_fields(account),
        jurisdiction=random.choice(["IL", "WI"]),
        life_support=_flag(random.random() < LIFE_SUPPORT),
    )
    for unit in units:
        yield unit
        if random.random() < ON_BUDGET:
            used = Random(f"{SEED} budget {unit.bill_unit_no}").choice([-3_500, 0, 6_000, 12_000])
            yield Budget(f"BU-{unit.bill_unit_no}", unit.bill_unit_no, 15_000, STARTED_ON, used)
        for service, share in SERVICES.items():
            if random.random() < share:
                yield from _service(random, account, unit, service)


def _service(
    random: Random, account: Account, unit: BillUnit, service: str
) -> Iterator[Agreement | ServiceBill | Payment | Adjustment]:
    number = f"{service[0].upper()}-{unit.bill_unit_no}"
    yield Agreement(
        service_agreement_no=number,
        bill_unit_no=unit.bill_unit_no,
        type=service,
        started_on=STARTED_ON,
        premise_no=f"PR-{unit.bill_unit_no}",
        premise_address=f"{account.address}, {account.city}",
        life_support=_flag(random.random() < PREMISE_LIFE_SUPPORT),
        master_meter=_flag(service == "water" and random.random() < MASTER_METER),
    )
    # who doesn't pay stays away from all services alike
    year = year_of(replace(unit, bill_unit_no=number))
    for bill in year.bills:
        yield ServiceBill(
            **_fields(replace(bill, bill_unit_no=unit.bill_unit_no)), service_agreement_no=number
        )
    for payment in year.payments:
        yield replace(payment, bill_unit_no=unit.bill_unit_no)
    for adjustment in year.adjustments:
        yield replace(adjustment, bill_unit_no=unit.bill_unit_no)


def _fields(row: Any) -> dict[str, Any]:
    return {each.name: getattr(row, each.name) for each in fields(row)}


def _flag(holds: bool) -> str:
    return "true" if holds else "false"


def field_crew(application: "Application", day: date) -> None:
    """Carry out what the field system was sent: ask for each activity's release, then answer."""
    from dunwell.engine import field_work
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.severance import service

    width, hooks = application.settings.slice_width, application.plugins.hook
    with application.database.connect() as connection:
        crew = Operation(connection, operator("field crew"), day, width, hooks)
        for activity in _outstanding(crew):
            random = Random(f"{SEED} crew {activity['event']} {day}")
            if not field_work.release(crew, activity["event"]).go:
                continue
            locked = activity["activity"] == "cut" and random.random() < COULD_NOT
            outcome: service.Outcome = "could_not" if locked else "done"
            service.answer(crew, activity["event"], outcome)


def _outstanding(crew: "Operation") -> list[dict[str, Any]]:
    from dunwell.features.severance import queries

    page = queries.outstanding(crew)
    found = list(page.items)
    while page.next_cursor:
        page = queries.outstanding(crew, cursor=page.next_cursor)
        found += page.items
    return found


def service_desk(application: "Application", day: date, unit: str | None) -> list[str]:
    """What people did on the last day: a plan for one customer, and for the one whose story is told
    a denial, a to-do, and another system's alert. The alerts of that one, in a line each.
    """
    from datetime import timedelta
    from decimal import Decimal

    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.alerts.queries import alerts_of
    from dunwell.features.alerts.registry import Outside
    from dunwell.features.alerts.service import set_alert
    from dunwell.features.contacts import service as contacts
    from dunwell.features.pay_plans import service as pay_plans
    from dunwell.features.pay_plans.rules import Terms
    from dunwell.features.receivables import queries as receivables
    from dunwell.features.tasks import service as to_dos

    width, hooks = application.settings.slice_width, application.plugins.hook
    with application.database.connect() as connection:
        desk = Operation(connection, operator("service desk"), day, width, hooks)
        for (number,) in connection.execute(_COULD_PAY).fetchall():
            terms = Terms(Decimal(60), 3, day + timedelta(days=14), interval_months=1)
            pay_plans.make(desk, number, "Instalments", terms, reason="lost their job")
        if unit is None:
            return []
        account = str(receivables.bill_unit(desk, unit)["account_no"])
        pay_plans.deny(desk, unit, reason="two plans broken elsewhere")
        said = "Will pay when the wages come."
        contacts.record(desk, unit, said, contact_class="collections", contact_type="call")
        to_dos.make(desk, unit, "Visit", "Is anybody at home by day?")
        declared = "hardship declared"
        set_alert(desk, account, Outside.DECLARATION, "D-2025-114", text=declared)
        return [
            f"{each.alert.replace('_', ' ')}: {each.text or ', '.join(each.about)}"
            for each in alerts_of(desk, account)
        ]


_COULD_PAY = """
select bill_unit.bill_unit_no
from bill_unit
join balance
    on balance.account_id = bill_unit.account_id and balance.bill_unit_id = bill_unit.id
where balance.overdue_amount between 80 and 400
    and not exists (
        select from severance
        where severance.account_id = bill_unit.account_id
            and severance.bill_unit_id = bill_unit.id
    )
order by bill_unit.bill_unit_no
limit 3
"""


def summary(application: "Application") -> list[tuple[str, str, int]]:
    """How the processes stand: template, status, how many."""
    with application.database.connect() as connection:
        found = connection.execute(
            "select template, status, count(*) from severance group by 1, 2 order by 1, 2"
        )
        return [(str(template), str(status), int(number)) for template, status, number in found]


def interesting(application: "Application") -> str | None:
    """A bill unit that was cut and given back, else one that is being severed."""
    with application.database.connect() as connection:
        row = connection.execute(
            """
            select bill_unit.bill_unit_no
            from severance
            join bill_unit
                on bill_unit.account_id = severance.account_id
                and bill_unit.id = severance.bill_unit_id
            order by severance.purpose = 'reconnect' desc, severance.cut_on nulls last,
                bill_unit.bill_unit_no
            limit 1
            """
        ).fetchone()
    return None if row is None else str(row[0])
