"""Two brands that are treated alike, each with a bill unit in collections and what goes with it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import psycopg
from tests.policies import two_brands
from tests.world import World

from dunwell.domain.statuses import AdjustmentDirection
from dunwell.features.care import adjusting, receipts
from dunwell.features.payments import methods
from dunwell.features.receivables import payments
from dunwell.features.receivables.notes import write_note
from dunwell.features.reports import preparing

TODAY = dt.date(2026, 3, 20)

OF_EACH = """
[[actions]]
name = "collect {brand}"
brand = "{brand}"
type = "collect_payment"

[[actions]]
name = "sever {brand}"
brand = "{brand}"
type = "start_severance"

[[severance_templates]]
name = "cut {brand}"
brand = "{brand}"
events = [{ name = "warn", type = "field_activity", activity = "disconnect_warning" }]

[[moratoria]]
name = "winter {brand}"
brand = "{brand}"
first_day = "12-01"
last_day = "02-28"

[[reason_codes]]
brand = "{brand}"
category = "retry"
code = "{brand}"
labels = { en_US = "of {brand}" }

[[scenarios]]
name = "gentle {brand}"
brand = "{brand}"
profile = "everybody {brand}"
entry_amount = 50
entry_days = 10
exit_amount = 5
steps = [{ day = 30, action = "Write off balance" }]

[[experiments]]
name = "ours"
brand = "{brand}"
champion = "short {brand}"
challengers = [{ scenario = "gentle {brand}", share = 0.0001 }]
ends_on = 2026-12-31
"""

POLICY = two_brands(
    "1 fee {brand}, 1 letter {brand}, 1 collect {brand}, 1 sever {brand}, 30 Write off balance",
    of_each=OF_EACH,
    more='[[agents]]\nname = "Jennifer"\n',
    settings="[settings]\ncollection_status = true\ncredit_alerts = true\n",
)


def fill(world: World) -> World:
    world.policy(POLICY)
    for brand in ("north", "south"):
        number = brand.upper()
        world.customer(number, brand=brand, name=f"Ada of {brand}")
        world.load(
            "service_agreements",
            {"service_agreement_no": f"S-{number}", "bill_unit_no": number},
        )
        world.bill("80.00", "2026-02-20", number, service_agreement_no=f"S-{number}")
        world.pay("5.00", "2026-02-25", number)
        world.bill("70.00", "2026-02-20", number, disputed_amount="10", disputed_on="2026-02-21")
        of_unit = {"bill_unit_no": number}
        world.load("service_agreements", {"service_agreement_no": f"S-{number}", **of_unit})
        budget = {"budget_no": f"G-{number}", "amount": 80, "started_on": "2026-01-01"}
        world.load("budgets", {**budget, **of_unit})
        hand = world.by_hand("2026-03-01")
        hand.exempt("once", number, until="2026-03-01")
        hand.hold("2026-03-02", number)
        hand.group("ours", number)
        hand.do(write_note, number, f"a note of {brand}")
        wanted = adjusting.Wanted(AdjustmentDirection.CREDIT, Decimal(1), f"for {brand}")
        hand.do(adjusting.request, number, wanted)
        cash = payments.Received(Decimal(1), TODAY.replace(day=1), "cash")
        hand.do(receipts.take, number, cash, key=number)
        hand.do(methods.add_card, number, methods.Card(f"token {brand}", "1234", brand="visa"))
    world.nights("2026-03-10", "2026-03-12")
    for number in ("NORTH", "SOUTH"):
        world.by_hand("2026-03-12").assign("Jennifer", number)
        world.by_hand("2026-03-12").promise(number, number=2, total_days=10)
    assert world.in_collections("NORTH")
    assert world.in_collections("SOUTH")
    preparing.prepare(world.database)
    return world


def brand_id(connection: psycopg.Connection[Any], name: str) -> int:
    return int(connection.execute("select id from brand where name = %s", [name]).fetchall()[0][0])
