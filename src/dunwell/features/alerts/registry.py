"""Every alert that there is, in the order in which they are shown: what it means, how loud it is,
and the names of the manual's alerts that it stands for. Its query is the statement of its name in
alerts.sql; what `OUTSIDE` names is set and cleared by other systems.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How loud an alert is: danger to somebody, a warning, or news."""

    DANGER = "danger"
    WARNING = "warning"
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class Alert:
    """One kind of alert; `about` says what its rows name."""

    name: str
    manual: tuple[str, ...]
    level: Level
    meaning: str
    about: str = ""


class Outside(StrEnum):
    """What other systems may set: the statement `outside` shows them under these names, and a
    workflow that names a premise as `premise_workflow`.
    """

    WORKFLOW = "workflow"
    DECLARATION = "declaration"
    SERVICE_CASE = "service_case"
    REBATE_CLAIM = "rebate_claim"
    OFF_CYCLE_BILL = "off_cycle_bill"
    SYNC_REQUEST = "sync_request"


PREMISE_WORKFLOW = "premise_workflow"

ALERTS: Sequence[Alert] = (
    Alert(
        "life_support",
        ("C1_LSSL-DF",),
        Level.DANGER,
        "Somebody in the household depends on the supply, or has a sensitive load.",
        "life_support, sensitive_load",
    ),
    Alert(
        "life_support_at_premise",
        ("C1_LSSLPR-DF",),
        Level.DANGER,
        "Somebody at a premise depends on the supply, or has a sensitive load there.",
        "premises",
    ),
    Alert(
        "severances",
        ("C1_SEVPR-DF",),
        Level.DANGER,
        "Severance processes are under way.",
        "severances",
    ),
    Alert(
        "field_messages",
        ("CCAL-FAERMSG",),
        Level.WARNING,
        "The field system has activities that it hasn't answered.",
        "severance events",
    ),
    Alert(
        "cash_only",
        ("C1_CASH-DF",),
        Level.WARNING,
        "The customer's cash-only score has reached its threshold.",
        "the score",
    ),
    Alert(
        "poor_rating",
        ("C1_CRRT-DF",),
        Level.WARNING,
        "The customer's credit rating is below its threshold.",
        "the rating",
    ),
    Alert(
        "open_cases",
        ("C1-COLL-DF", "CI_OD-PROC"),
        Level.WARNING,
        "Cases are open: the manual's collection processes and overdue processes.",
        "cases",
    ),
    Alert(
        "agency_referral",
        ("C1_COLLRF-DF",),
        Level.WARNING,
        "A debt is with a collections agency, or is to go there.",
        "agencies",
    ),
    Alert(
        "written_off_bills",
        ("CI_WO_BILL",),
        Level.WARNING,
        "Bills have been written off, within the days that the policy's `alert_days` says.",
        "bills",
    ),
    Alert(
        "broken_pay_plans",
        ("PP-Broken",),
        Level.WARNING,
        "Pay plans have been broken, within `alert_days`.",
        "pay plans",
    ),
    Alert(
        "pay_plan_denials",
        ("CC-PPDENIAL",),
        Level.WARNING,
        "Pay plans have been denied, within `alert_days`.",
        "customer contacts",
    ),
    Alert(
        "open_disputes",
        ("CI_OMF_DF",),
        Level.WARNING,
        "Bills are under dispute.",
        "bills",
    ),
    Alert(
        "unmatched_credits",
        ("CI_OMF_DF",),
        Level.NEWS,
        "Payments or credits haven't met a bill yet.",
        "payments and credits",
    ),
    Alert("active_pay_plans", ("PP-Active",), Level.NEWS, "Pay plans are active.", "pay plans"),
    Alert(
        "kept_pay_plans",
        ("PP-Kept",),
        Level.NEWS,
        "Pay plans have been kept, within `alert_days`.",
        "pay plans",
    ),
    Alert(
        "open_to_dos",
        ("CCAL-TD",),
        Level.WARNING,
        "To-dos are open.",
        "to-dos",
    ),
    Alert(
        "stopped_agreements",
        ("CI_STOPSA-DF",),
        Level.NEWS,
        "Service agreements have been stopped.",
        "service agreements",
    ),
    Alert(
        "pending_start_agreements",
        ("C1_PENDST-DF",),
        Level.NEWS,
        "Service agreements are yet to start.",
        "service agreements",
    ),
    Alert(
        Outside.DECLARATION,
        ("CCAL-DECL",),
        Level.WARNING,
        "A declaration about the account or a premise is in effect; another system's.",
    ),
    Alert(
        Outside.SERVICE_CASE,
        ("CCAL-CASE",),
        Level.NEWS,
        "A case of customer service is open; another system's.",
    ),
    Alert(
        Outside.WORKFLOW,
        ("CCAL WFACCTX", "CCAL WFACCTR"),
        Level.NEWS,
        "A workflow about the account is active; another system's.",
    ),
    Alert(
        PREMISE_WORKFLOW,
        ("CCAL WFPREMX", "CCAL WFPREMR"),
        Level.NEWS,
        "A workflow about a premise of the account is active; another system's.",
    ),
    Alert(
        Outside.REBATE_CLAIM,
        ("C1-CCAL-CLM",),
        Level.NEWS,
        "A rebate claim is open; another system's.",
    ),
    Alert(
        Outside.OFF_CYCLE_BILL,
        ("C1-CCAL-OCBG",),
        Level.NEWS,
        "A bill outside the cycle is being made; another system's.",
    ),
    Alert(
        Outside.SYNC_REQUEST,
        ("F1-SYNRQALRT",),
        Level.NEWS,
        "Another system hasn't taken a change of this account's data yet.",
    ),
)

BY_NAME: Mapping[str, Alert] = {alert.name: alert for alert in ALERTS}

OURS = tuple(alert for alert in ALERTS if alert.name not in {*Outside, PREMISE_WORKFLOW})
"""Those that have a query of their own."""
