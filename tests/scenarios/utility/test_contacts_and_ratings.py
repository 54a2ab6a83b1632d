"""The utility's collection process: customer contacts (steps 1.8.1.1 to 1.8.1.3) and the credit
rating or cash-only score (1.8.2.1 and its update), made by actions on their trigger dates.
"""

from typing import Any

from tests.policies import policy, scenario
from tests.world import World

from dunwell.features.contacts import queries as contacts
from dunwell.features.ratings import queries as ratings

ACTIONS = """
[[actions]]
name = "courtesy call"
type = "customer_contact"
contact_type = "courtesy call"
channel = "phone"
text = "Told what is overdue."

[[actions]]
name = "notice"
type = "customer_contact"
contact_type = "notice"
template = "first-reminder"

[[actions]]
name = "poor payer"
type = "affect_rating"
rating = "credit_rating"
points = -150
days = 10
reason = "Second notice ignored"

[[actions]]
name = "bounced before"
type = "affect_rating"
rating = "cash_only"
points = 60
"""


def story(world: World, steps: str, **more: Any) -> None:
    world.policy(policy(scenario(steps=steps, **more), more=ACTIONS))
    world.customer()
    world.bill("50.00", "2026-06-01")


def told(world: World, on: str = "2026-06-30"):
    return world.by_hand(on).do(contacts.contacts, "B1").items


def rating(world: World, on: str):
    return world.by_hand(on).do(ratings.rating, "B1")


def test_1_8_1_2_an_action_records_a_customer_contact(world: World):
    story(world, "3 courtesy call")
    world.nights("2026-06-12", "2026-06-14")
    (contact,) = told(world)
    assert (contact.contact_class, contact.contact_type) == ("collections", "courtesy call")
    assert (contact.direction, contact.channel) == ("outbound", "phone")
    assert (contact.text, contact.author) == ("Told what is overdue.", "night")
    assert contact.contacted_on.isoformat() == "2026-06-14"
    assert str(contact.case) == world.newest_case()["handle"]
    assert contact.letter_id is None
    assert world.status("courtesy call") == "completed"


def test_1_8_1_1_a_contact_with_a_template_makes_a_letter_that_is_delivered(world: World):
    story(world, "3 notice")
    world.nights("2026-06-12", "2026-06-14")
    (contact,) = told(world)
    ((letter, template),) = world.rows("select id, template from letter")
    assert (contact.letter_id, template) == (letter, "first-reminder")
    report = world.deliver("2026-06-14")
    assert world.rows("select status from letter") == [("sent",)], report


def test_1_8_1_3_the_event_is_complete_and_running_again_contacts_nobody_twice(world: World):
    story(world, "3 notice")
    world.nights("2026-06-12", "2026-06-14")
    world.night("2026-06-14")
    assert world.status("notice") == "completed"
    assert len(told(world)) == 1
    assert len(world.events("contact_recorded")) == 1


def test_1_8_2_1_an_action_lowers_the_credit_rating_for_some_days(world: World):
    story(world, "3 poor payer")
    world.nights("2026-06-12", "2026-06-14")
    before, first, last, after = (rating(world, f"2026-06-{number}") for number in (13, 14, 23, 24))
    assert [each.credit_rating for each in (before, first, last, after)] == [700, 550, 550, 700]
    assert first.is_poor
    assert not after.is_poor
    (demerit,) = first.demerits
    assert (demerit.source, demerit.reason) == ("action", "Second notice ignored")
    (event,) = world.events("demerit_added")
    assert (event["data"]["points"], event["data"]["until"]) == (-150, "2026-06-23")


def test_1_8_2_1_an_action_raises_the_cash_only_score_for_good(world: World):
    story(world, "1 bounced before, 3 bounced before")
    world.nights("2026-06-12", "2026-06-13")
    assert not rating(world, "2026-06-13").is_cash_only
    world.night("2026-06-14")
    found = rating(world, "2027-06-14")
    assert (found.cash_only_score, found.is_cash_only) == (120, True)


LESS_THAN_600 = 'criteria = { field = "account.credit_rating", operator = "<", value = 600 }'


def test_a_demerit_that_begins_lets_somebody_in_and_its_end_does_not_put_them_out(world: World):
    """COLL COND CS: the rating is asked about on the day, whatever made it change."""
    story(world, "400 call", more=LESS_THAN_600)
    world.nights("2026-06-12", "2026-06-14")
    assert not world.in_collections()
    world.by_hand("2026-06-14").demerit(-150, since="2026-06-17", until="2026-06-18")
    world.nights("2026-06-15", "2026-06-16")
    assert not world.in_collections()
    world.night("2026-06-17")
    assert world.in_collections()


def test_somebody_whose_demerit_has_expired_stays_out(world: World):
    """Incremental nights see the day after a demerit's last, which nothing else announces."""
    more = 'criteria = { field = "account.cash_only_score", operator = "<", value = 100 }'
    story(world, "400 call", more=more)
    world.by_hand("2026-06-01").demerit(150, kind="cash_only", until="2026-06-15")
    world.nights("2026-06-02", "2026-06-15")
    assert not world.in_collections()
    world.night("2026-06-16")
    assert world.in_collections()
