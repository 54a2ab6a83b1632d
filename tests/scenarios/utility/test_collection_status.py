"""Red while a service is cut: from the field's answer until it is given back."""

from tests.scenarios.utility.conftest import Utility

from dunwell.features.crm import queries

KEPT = "\n[settings]\ncollection_status = true\n"


def status(utility: Utility, on: str = "2026-06-30") -> str:
    found = utility.by_hand(on).do(queries.collection_status, "B1")
    return f"{found.status} {found.substatus}"


def test_a_cut_makes_it_red_at_once_and_the_reconnection_ends_that(utility: Utility):
    utility.utility(more=KEPT)
    utility.in_arrears()
    utility.ready_to_cut()
    assert status(utility) == "yellow entered"
    assert utility.release("cut", "2026-06-15").go
    assert status(utility) == "yellow entered"
    utility.answer("cut", "2026-06-15")
    assert status(utility) == "red suspended"
    utility.pay("100", "2026-06-16")
    utility.nights("2026-06-16", "2026-06-17")
    # paid, but still dark
    assert status(utility) == "red suspended"
    assert utility.release("reconnect", "2026-06-17").go
    utility.answer("reconnect", "2026-06-17")
    assert status(utility) == "green exited"
    reasons = [each["reason"] for each in utility.log("collection_status_changed")]
    assert reasons == ["entered", "suspended", "exited", "restored"]


def test_a_service_that_ended_is_no_longer_suspended(utility: Utility):
    utility.utility(more=KEPT)
    utility.in_arrears()
    utility.ready_to_cut()
    utility.release("cut", "2026-06-15")
    utility.answer("cut", "2026-06-15")
    utility.nights("2026-06-16", "2026-07-16")
    assert utility.rows("select status from service_agreement") == [("stopped",)]
    assert status(utility, "2026-07-16") == "yellow entered"
