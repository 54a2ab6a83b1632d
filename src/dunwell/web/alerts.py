"""Alerts as people read them: their words, which of them name what they are about, and where on the
page of a bill unit one learns more.
"""

from dunwell.features.alerts.queries import Alert
from dunwell.web.languages import N_

ALERTS = {
    "life_support": N_("life support or sensitive load in the household"),
    "life_support_at_premise": N_("life support or sensitive load at the premise"),
    "severances": N_("being severed"),
    "field_messages": N_("field work unanswered"),
    "cash_only": N_("pays in cash only"),
    "poor_rating": N_("poor credit rating"),
    "open_cases": N_("in collections"),
    "agency_referral": N_("with an agency"),
    "written_off_bills": N_("bills written off"),
    "broken_pay_plans": N_("pay plan broken"),
    "pay_plan_denials": N_("pay plan denied"),
    "open_disputes": N_("bills under dispute"),
    "unmatched_credits": N_("credits without a bill"),
    "active_pay_plans": N_("pay plan active"),
    "kept_pay_plans": N_("pay plan kept"),
    "open_to_dos": N_("to-dos open"),
    "stopped_agreements": N_("agreements stopped"),
    "pending_start_agreements": N_("agreements yet to start"),
    "declaration": N_("declaration"),
    "service_case": N_("service case"),
    "workflow": N_("workflow"),
    "premise_workflow": N_("workflow at the premise"),
    "rebate_claim": N_("rebate claim"),
    "off_cycle_bill": N_("bill outside the cycle"),
    "sync_request": N_("data not yet passed on"),
}

FLAGS = {
    "life_support": N_("life support"),
    "sensitive_load": N_("sensitive load"),
}

TOLD = frozenset(
    {
        *("cash_only", "poor_rating", "agency_referral", "written_off_bills", "open_disputes"),
        *("unmatched_credits", "stopped_agreements", "pending_start_agreements"),
    }
)
"""What says more by the names of what it is about; those of the others are numbers of rows."""

LEADS_TO = {
    "open_cases": "",
    "agency_referral": "",
    "written_off_bills": "bills",
    "open_disputes": "bills",
    "unmatched_credits": "payments",
    "severances": "severances",
    "field_messages": "severances",
    "stopped_agreements": "services",
    "pending_start_agreements": "services",
    "active_pay_plans": "pay-plans",
    "broken_pay_plans": "pay-plans",
    "kept_pay_plans": "pay-plans",
    "pay_plan_denials": "contacts",
    "open_to_dos": "to-dos",
}
"""The part of the page that tells more."""

TONES = {"danger": "bad", "warning": "live", "news": "quiet"}


def detail(alert: Alert) -> str:
    """What stands behind an alert's words."""
    if alert.text:
        return alert.text
    if alert.alert in TOLD:
        more = "…" if alert.number > len(alert.about) else ""
        return ", ".join(alert.about) + more
    return alert.outside_id or alert.premise_no or ""
