"""Whatever lets the debt fall to the threshold ends severance at once, in its own transaction; and
what has been cut is given back.
"""

from collections.abc import Callable

import pytest
from tests.scenarios.utility.conftest import Utility

from dunwell.domain.statuses import AgreementStatus
from dunwell.features.receivables import supplying
from dunwell.features.severance import service

Relief = Callable[[Utility], object]

OTHER_DEBT = """
[[debt_classes]]
name = "goods"

[[scenarios]]
name = "goods"
profile = "households"
debt_class = "goods"
entry_amount = 50
entry_days = 5
steps = [{ day = 6, action = "Write off balance" }]
"""


def _payment(utility: Utility) -> None:
    utility.pay("90", "2026-06-15")


def _credit_adjustment(utility: Utility) -> None:
    utility.adjust("-95", "2026-06-15")


def _corrective_bill(utility: Utility) -> None:
    utility.bill("8", "2026-06-29", issued="2026-06-15", corrects="FIRST", bill_no="SECOND")


def _pay_plan(utility: Utility) -> None:
    utility.by_hand("2026-06-15").pay_plan(("50.00", "2026-07-01"), ("50.00", "2026-08-03"))


@pytest.mark.parametrize("relief", [_payment, _credit_adjustment, _corrective_bill, _pay_plan])
def test_a_fall_to_the_threshold_ends_it_at_once(utility: Utility, relief: Relief):
    utility.utility(more='[[pay_plan_types]]\nname = "usual"\n')
    utility.customer()
    utility.agreement("E1")
    utility.bill("100", "2026-06-01", bill_no="FIRST", service_agreement_no="E1")
    utility.ready_to_cut()
    relief(utility)
    assert utility.severed() == ["E1 by Cut, cancelled"]
    (cancelled,) = utility.log("severance_cancelled")
    assert cancelled["reason"] == "debt_fell"
    assert [each["activity"] for each in utility.log("field_activity_recalled")] == ["cut"]
    release = utility.release("cut", "2026-06-15")
    assert (release.go, release.reason) == (False, "cancelled")
    utility.check()
    utility.night("2026-06-16")
    assert utility.newest_case()["close_reason"] == "cured"


def test_it_was_posted_once(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    utility.pay("95", "2026-06-15")
    utility.nights("2026-06-16", "2026-06-17")
    assert list(utility.owed().values()) == ["5.00"]
    assert utility.credit() == "0.00"


@pytest.mark.parametrize(
    ("amount", "on"), [("89", "2026-06-15"), ("100", "2026-06-20")], ids=["too little", "later"]
)
def test_a_payment_that_is_too_little_or_for_another_day_does_not(
    utility: Utility, amount: str, on: str
):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    utility.load(
        "payments",
        {"payment_no": "P", "bill_unit_no": "B1", "paid_on": on, "amount": amount},
        on="2026-06-15",
    )
    assert utility.severed() == ["E1 by Cut, active"]


def test_what_fell_otherwise_ends_with_the_next_night(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    utility.load(
        "payments",
        {"payment_no": "P", "bill_unit_no": "B1", "paid_on": "2026-06-17", "amount": "100"},
        on="2026-06-15",
    )
    utility.nights("2026-06-16", "2026-06-17")
    assert utility.severed() == ["E1 by Cut, cancelled"]


def test_a_template_may_have_an_amount_of_its_own_or_not_end_by_itself(utility: Utility):
    utility.utility(cut="cancel_amount = 40")
    utility.in_arrears()
    utility.ready_to_cut()
    utility.pay("60", "2026-06-15")
    assert utility.severed() == ["E1 by Cut, cancelled"]


def test_one_that_does_not_end_by_itself_goes_on(utility: Utility):
    utility.utility(cut="auto_cancel = false")
    utility.in_arrears()
    utility.ready_to_cut()
    utility.pay("100", "2026-06-15")
    utility.night("2026-06-16")
    assert utility.severed() == ["E1 by Cut, active"]


def test_after_the_cut_a_payment_starts_the_reconnection_which_never_ends_by_itself(
    utility: Utility,
):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    assert utility.release("cut", "2026-06-15").go
    utility.answer("cut", "2026-06-15")
    assert utility.log("service_cut")
    utility.pay("100", "2026-06-16")
    assert utility.severed() == ["E1 by Cut, cancelled", "E1 by Give back, active"]
    utility.pay("1", "2026-06-16")
    utility.nights("2026-06-16", "2026-06-17")
    assert utility.told() == {"reconnect": "sent 2026-06-16"}
    utility.answer("reconnect", "2026-06-17")
    assert utility.severed() == ["E1 by Cut, cancelled", "E1 by Give back, completed"]
    utility.check()


def test_who_pays_while_the_field_is_cutting_is_given_back_when_it_says_so(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    assert utility.release("cut", "2026-06-15").go
    utility.pay("100", "2026-06-15")
    (recalled,) = utility.log("field_activity_recalled")
    assert recalled["under_way"] is True
    assert utility.severed() == ["E1 by Cut, cancelled"]
    utility.answer("cut", "2026-06-15")
    assert utility.severed() == ["E1 by Cut, cancelled", "E1 by Give back, active"]
    utility.check()


def test_who_pays_while_the_field_cannot_cut_stays_connected(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    assert utility.release("cut", "2026-06-15").go
    utility.pay("100", "2026-06-15")
    utility.answer("cut", "2026-06-15", "could_not")
    assert utility.severed() == ["E1 by Cut, cancelled"]
    utility.check()


def test_cancelled_by_hand_after_the_cut_it_is_given_back_unless_it_is_not_wanted(
    utility: Utility,
):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    utility.release("cut", "2026-06-15")
    utility.answer("cut", "2026-06-15")
    utility.by_hand("2026-06-16").do(
        service.cancel, utility.severances()[0]["severance"], reason="moved", reconnect=False
    )
    assert utility.severed() == ["E1 by Cut, cancelled"]


def test_the_last_check_sees_a_payment_that_nobody_has_told_severance_of(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    # a writer that forgets about severance, as no surface should
    with utility.database.connect() as connection:
        connection.execute(
            "insert into credit (account_id, bill_unit_id, effective_on, amount, open_amount, kind)"
            " select account_id, id, '2026-06-15', 100, 100, 'payment' from bill_unit"
        )
    release = utility.release("cut", "2026-06-15")
    assert (release.go, release.reason) == (False, "debt_fell")
    assert utility.severed() == ["E1 by Cut, cancelled"]
    utility.check()


def test_a_write_off_gives_nobody_the_service_back(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    utility.release("cut", "2026-06-15")
    utility.answer("cut", "2026-06-15")
    utility.by_hand("2026-06-15").add("Write off balance", "2026-06-16")
    utility.nights("2026-06-16", "2026-06-17")
    assert utility.newest_case()["close_reason"] == "written_off"
    assert utility.severed() == ["E1 by Cut, active"]
    utility.check()


def test_a_sharing_groups_payment_ends_its_parents_severance(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.customer("B2")
    utility.by_hand("2026-06-05").group("family", "B1", "B2")
    utility.bill("50", "2026-06-01", "B2")
    utility.ready_to_cut()
    utility.pay("100", "2026-06-15")
    assert utility.severed() == ["E1 by Cut, active"]
    utility.pay("50", "2026-06-15", "B2")
    assert utility.severed() == ["E1 by Cut, cancelled"]


def _stop_by_hand(utility: Utility, status: str) -> None:
    change = supplying.Change(status=AgreementStatus(status))
    utility.by_hand("2026-06-15").do(supplying.change_agreement, "E1", change, reason="moved out")


def _stop_by_load(utility: Utility, status: str) -> None:
    utility.agreement("E1", status=status, stopped_on="2026-06-15")


@pytest.mark.parametrize("status", ["stopped", "closed"])
@pytest.mark.parametrize("stop", [_stop_by_hand, _stop_by_load])
def test_the_end_of_an_agreement_ends_its_severance_before_the_cut_at_once(
    utility: Utility, stop: Callable[[Utility, str], None], status: str
):
    # also where the fall of the debt wouldn't
    utility.utility(cut="auto_cancel = false")
    utility.in_arrears()
    utility.ready_to_cut()
    stop(utility, status)
    assert utility.severed() == ["E1 by Cut, cancelled"]
    (cancelled,) = utility.events("severance_cancelled")
    assert cancelled["data"]["reason"] == "agreement_ended"
    assert [each["activity"] for each in utility.log("field_activity_recalled")] == ["cut"]
    # what is owed stays owed, and is chased on
    utility.night("2026-06-16")
    assert utility.in_collections()
    assert utility.overdue() == "100.00"
    utility.check()


def test_a_cut_agreement_that_ends_keeps_its_process_and_is_given_back_by_nobody(
    utility: Utility,
):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    assert utility.release("cut", "2026-06-15").go
    utility.answer("cut", "2026-06-15")
    _stop_by_hand(utility, "stopped")
    assert utility.severed() == ["E1 by Cut, active"]
    utility.pay("100", "2026-06-16")
    assert utility.severed() == ["E1 by Cut, cancelled"]


def test_an_agreement_that_ends_while_it_is_being_cut_is_given_back_by_nobody(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    assert utility.release("cut", "2026-06-15").go
    _stop_by_hand(utility, "stopped")
    utility.answer("cut", "2026-06-15")
    assert utility.severed() == ["E1 by Cut, cancelled"]
    utility.check()


def test_who_pays_back_what_was_written_off_meanwhile_is_not_cut(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    utility.by_hand("2026-06-15").add("Write off balance", "2026-06-16")
    utility.night("2026-06-16")
    utility.pay("89", "2026-06-17")
    assert utility.severed() == ["E1 by Cut, active"]
    utility.pay("1", "2026-06-17")
    assert utility.severed() == ["E1 by Cut, cancelled"]
    utility.check()


def test_a_write_off_of_other_debt_does_not_keep_the_service_cut(utility: Utility):
    utility.utility(more=OTHER_DEBT)
    utility.in_arrears()
    utility.bill("60", "2026-06-01", debt_class="goods")
    utility.nights("2026-06-07", "2026-06-09")
    utility.answer("warn", "2026-06-10")
    utility.complete("ask", "2026-06-10")
    utility.nights("2026-06-10", "2026-06-15")
    assert utility.rows("select amount::int from credit where kind = 'write_off'") == [(60,)]
    utility.pay("90", "2026-06-15")
    assert utility.severed() == ["E1 by Cut, cancelled"]
    utility.check()


@pytest.mark.parametrize("status", ["stopped", "closed"])
@pytest.mark.parametrize("stop", [_stop_by_hand, _stop_by_load])
def test_an_agreement_that_ends_while_it_is_being_given_back_is_not_given_back(
    utility: Utility, stop: Callable[[Utility, str], None], status: str
):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    assert utility.release("cut", "2026-06-15").go
    utility.answer("cut", "2026-06-15")
    utility.pay("100", "2026-06-15")
    utility.night("2026-06-16")
    assert utility.told() == {"reconnect": "sent 2026-06-15"}
    stop(utility, status)
    assert utility.severed() == ["E1 by Cut, cancelled", "E1 by Give back, cancelled"]
    recalled = [each["activity"] for each in utility.log("field_activity_recalled")]
    assert recalled == ["reconnect"]
    release = utility.release("reconnect", "2026-06-17")
    assert (release.go, release.reason) == (False, "cancelled")
    utility.check()


def test_a_cut_that_a_person_completes_is_a_cut_and_is_given_back_when_it_is_paid(
    utility: Utility,
):
    utility.utility()
    utility.in_arrears()
    utility.ready_to_cut()
    assert utility.release("cut", "2026-06-15").go
    utility.answer("cut", "2026-06-15", "refused", message="sent to the contractor")
    utility.complete("cut", "2026-06-16")
    assert len(utility.log("service_cut")) == 1
    utility.pay("100", "2026-06-17")
    assert utility.severed() == ["E1 by Cut, cancelled", "E1 by Give back, active"]
    utility.check()
