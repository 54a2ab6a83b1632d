"""Failed actions, and what didn't leave the house: listed with their messages, retried together."""

from typing import Any

import pytest
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World, day

from dunwell.domain.errors import BadInput, Forbidden, NotFound, RuleViolation
from dunwell.engine import history, undelivered
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.cases import closing, sparing
from dunwell.features.cases.searching import Criteria, search
from dunwell.features.tasks import failures

FEE = """
[[actions]]
name = "fee in yen"
type = "late_fee"
currency = "JPY"
amount = 500
"""

PREFIX = '\n[[reason_codes]]\ncategory = "retry"\ncode = "mended"\nlabels = { en_US = "Mended" }\n'


def _office(world: World) -> None:
    """Three bill units whose fee has no rate; one of them with a letter without its template."""
    world.policy(
        policy(scenario("low", steps="1 fee in yen, 1 letter, 30 call"), more=FEE + PREFIX)
    )
    for number in ("B1", "B2", "B3"):
        world.customer(number)
        world.bill("80.00", "2026-02-20", number)
    world.nights("2026-03-10", "2026-03-12")


@pytest.fixture
def office(copy_of: CopyOf) -> World:
    return copy_of(_office)


def _failed(world: World, **options: Any) -> list[str]:
    page = world.by_hand("2026-03-14").do(failures.failures, **options)
    return [each.bill_unit_no for each in page.items]


def test_failed_actions_are_listed_with_message_age_and_type(office: World):
    hand = office.by_hand("2026-03-14")
    first, *_ = hand.do(failures.failures).items
    assert (first.action_name, first.type, first.days_late) == ("fee in yen", "late_fee", 11)
    assert "No exchange rate from JPY to USD" in (first.message or "")
    assert hand.do(failures.count) == {"late_fee": 3}
    assert _failed(office, type="dunning_letter") == []
    with pytest.raises(BadInput, match="no type of action"):
        hand.do(failures.failures, type="nonsense")
    page = hand.do(failures.failures, limit=2)
    rest = hand.do(failures.failures, limit=2, cursor=page.next_cursor)
    numbers = [each.bill_unit_no for each in (*page.items, *rest.items)]
    assert sorted(numbers) == ["B1", "B2", "B3"]
    blind = Actor("Eve", frozenset({Permission.VIEW}), brands=frozenset({99}))
    assert office.by_hand("2026-03-14", blind).do(failures.failures).items == ()


def test_failed_actions_are_retried_together_or_not_at_all(office: World):
    hand = office.by_hand("2026-03-14")
    actions = [str(each.action) for each in hand.do(failures.failures).items]
    with pytest.raises(RuleViolation, match="isn't a reason code"):
        hand.do(closing.retry_actions, actions, reason="because")
    with pytest.raises(NotFound):
        hand.do(closing.retry_actions, [*actions, "999-1"], reason="mended")
    assert len(_failed(office)) == 3
    done = hand.do(closing.retry_actions, [*actions, actions[0]], reason="mended")
    assert len(done) == 3
    assert _failed(office) == []
    assert [event["data"]["reason"] for event in office.events("action_retried")] == ["mended"]
    with pytest.raises(BadInput, match="1 to 1,000 actions"):
        hand.do(closing.retry_actions, [], reason="mended")


def _stuck(world: World) -> list[undelivered.Message]:
    return list(world.by_hand("2026-03-14").do(undelivered.messages).items)


def test_letters_in_error_go_out_again_together_or_not_at_all(office: World):
    assert _stuck(office) == []
    office.rows("update letter set status = 'error', message = 'no glyph' returning id")
    found = _stuck(office)
    assert {(each.kind, each.status, each.message) for each in found} == {
        ("letter", "error", "no glyph")
    }
    letters = [str(each.handle) for each in found]
    hand = office.by_hand("2026-03-14")
    with pytest.raises(RuleViolation, match="look at the list again"):
        hand.do(undelivered.retry, letters=[*letters, "999-1"], reason="mended")
    assert len(_stuck(office)) == 3
    assert hand.do(undelivered.retry, letters=letters, reason="mended") == 3
    assert _stuck(office) == []
    assert len(office.events("letter_retried")) == 1
    with pytest.raises(RuleViolation, match="any more"):
        hand.do(undelivered.settle, letters, sent=True)
    nobody = Actor("Eve", frozenset({Permission.VIEW}), brands=None)
    with pytest.raises(Forbidden):
        office.by_hand("2026-03-14", nobody).do(undelivered.settle, letters, sent=True)


def test_what_never_left_is_shown_by_what_it_is(office: World):
    office.rows(
        "insert into outgoing_file (kind, name, made_on, content, sealed)"
        " values ('agency_referrals', 'referrals-1.csv', '2026-03-12', '', false) returning id"
    )
    found = office.by_hand("2026-03-14").do(undelivered.others)
    assert [each.name for each in found.files] == ["referrals-1.csv"]
    assert (found.payments, found.subscribers) == ((), ())


def test_bill_units_are_exempted_and_held_together_or_not_at_all(office: World):
    hand = office.by_hand("2026-03-14")
    with pytest.raises(NotFound, match="'nobody'"):
        hand.do(sparing.exempt_many, ["B1", "nobody"], "goodwill")
    assert hand.do(sparing.exemptions, "B1") == ()
    assert len(hand.do(sparing.exempt_many, ["B1", "B2", "B1"], "goodwill")) == 2
    assert len(hand.do(sparing.hold_many, ["B3"], day("2026-03-20"), reason="asked")) == 1
    office.night("2026-03-15")
    found = office.by_hand("2026-03-15").do(search, Criteria())
    assert [each.bill_unit_no for each in found.items] == ["B3"]


def test_nights_are_told_from_their_reports_for_those_who_see_every_brand(office: World):
    hand = office.by_hand("2026-03-14")
    last, *earlier = hand.do(history.nights)
    assert (last.business_date, last.status) == (day("2026-03-12"), "completed")
    assert hand.do(history.nights, before=last.id) == earlier
    assert {"late_fee": {"error": 3}}.items() <= earlier[-1].report["actions"].items()
    assert hand.do(history.night, last.id) == last
    with pytest.raises(NotFound, match="no run 999"):
        hand.do(history.night, 999)
    some = Actor("Eve", frozenset({Permission.VIEW}), brands=frozenset({1}))
    with pytest.raises(Forbidden, match="every brand"):
        office.by_hand("2026-03-14", some).do(history.nights)
