"""A slow, repeating, reordering, disconnecting CRM and we say the same in the end, and nothing was
done twice.
"""

import datetime as dt
from ipaddress import ip_network
from random import Random

import pytest
from tests.api.conftest import Desk
from tests.api.simulated_crm import LISTS, SimulatedCrm
from tests.features.subscriptions.receiving import Subscriber
from tests.policies import policy, scenario

from dunwell.domain.errors import DunwellError
from dunwell.features.access.actor import Operation, Permission, operator
from dunwell.features.subscriptions import fanning, service
from dunwell.features.subscriptions.delivering import deliver
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.features.subscriptions.service import Wish

HERE = Outgoing(b"k" * 32, (ip_network("127.0.0.0/8"), ip_network("::1/128")))
KINDS = ["case_*", "action*", "collection_status_changed", "credit_alert_*", "note_written"]
UNITS = ("B1", "B2", "B3")
STEPS = "1 call, 10 second call, 20 letter, 30 visit"


class Trip:
    """Our side: nights and people, and a publisher whose clock runs ahead between tries."""

    def __init__(self, desk: Desk, crm: SimulatedCrm, random: Random) -> None:
        self.desk, self.crm, self.random = desk, crm, random
        self.now = dt.datetime.now(dt.UTC)
        self.night = dt.date(2026, 3, 20)

    def publish(self) -> None:
        with self.desk.world.database.connect(autocommit=True) as connection:
            fanning.fan_out(connection, self.now)
        world = self.desk.world
        deliver(world.database, world.plugins, HERE, clock=lambda: self.now)
        self.now += dt.timedelta(minutes=30)

    def work(self) -> None:
        """Somebody of ours completes, cancels or moves something."""
        unit = self.random.choice(UNITS)
        hand = self.desk.world.by_hand(self.night)
        step = self.random.randrange(1, 5)
        try:
            match self.random.randrange(3):
                case 0:
                    hand.complete(step, unit)
                case 1:
                    hand.cancel(step, unit)
                case _:
                    hand.reschedule(step, str(self.night + dt.timedelta(days=9)), unit)
        except DunwellError:
            pass  # it was closed meanwhile

    def sleep(self) -> None:
        self.night += dt.timedelta(days=1)
        self.desk.world.night(self.night)

    def pay(self) -> None:
        self.desk.world.pay("200.00", self.night, self.random.choice(UNITS))


@pytest.mark.parametrize("seed", [1, 2])
def test_both_sides_agree_in_the_end_and_nothing_is_doubled(desk: Desk, seed: int):
    random = Random(seed)  # noqa: S311 - a schedule, not a secret
    world = desk.world
    settings = {"collection_status": "true", "credit_alerts": "true"}
    world.policy(policy(scenario(steps=STEPS), settings=settings))
    for unit in UNITS:
        world.customer(unit)
        world.bill("50.00", "2026-03-01", unit)
    headers = desk.key(
        Permission.VIEW, Permission.WORK_ACTIONS, Permission.MANAGE_CASES, name="siebel"
    )
    with Subscriber() as subscriber:
        with world.database.connect() as connection:
            root = Operation(connection, operator("root"), dt.date(2026, 3, 20))
            service.create(root, HERE, "crm", subscriber.url, Wish(kinds=KINDS))
        crm = SimulatedCrm(desk.client, headers, subscriber, random)
        trip = Trip(desk, crm, random)
        trip.sleep()
        trip.publish()
        deeds = (
            *(5 * [crm.look], 5 * [crm.take_in], 6 * [crm.act], 6 * [crm.send]),
            *(4 * [trip.publish], 3 * [trip.work], 2 * [trip.sleep], [trip.pay]),
        )
        every = [deed for group in deeds for deed in group]
        for _ in range(60):
            random.choice(every)()
        crm.trouble = False
        while crm.outbox:
            crm.send()
        trip.sleep()
        world.wait_for_the_feed()
        for _ in range(6):
            trip.publish()
        crm.calm_down()
    _sides_agree(desk, crm)
    _nothing_is_doubled(desk, crm)
    world.check()


def _sides_agree(desk: Desk, crm: SimulatedCrm) -> None:
    ours = {
        (noun, row["handle"]): row
        for unit in UNITS
        for noun, rows in desk.client.get(
            f"/api/v1/systems/siebel/mirror/{unit}", headers=crm.headers
        )
        .json()
        .items()
        if noun in LISTS
        for row in rows
    }
    # balances are nobody's change
    without = ("overdue_amount",)
    assert {
        key: {name: value for name, value in row.items() if name not in without}
        for key, row in crm.rows.items()
    } == {
        key: {name: value for name, value in row.items() if name not in without}
        for key, row in ours.items()
    }


def _nothing_is_doubled(desk: Desk, crm: SimulatedCrm) -> None:
    applied = [each for each in crm.answers.values() if each["outcome"] == "applied"]
    assert applied, "the schedule must try something"
    by_crm = desk.world.rows(
        "select count(*) from event where actor like '%%siebel%%' and kind in"
        " ('action_completed', 'action_cancelled', 'action_rescheduled', 'note_written',"
        " 'credit_alert_activity', 'credit_alert_closed')"
    )
    assert by_crm == [(len(applied),)]
    ((notes, texts),) = desk.world.rows("select count(*), count(distinct text) from note")
    assert notes == texts
