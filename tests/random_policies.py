"""Random small policies, as the documents that a policy file holds.

All policies of a history share their profiles, actions and agencies, so that one can follow the
other; scenarios, fees, calendars and settings differ.
"""

from typing import Any

from hypothesis import strategies as st

from dunwell.features.policy.installation import PREDEFINED_ACTIONS

DIGITS = {"USD": 2, "JPY": 0, "KWD": 3}
CURRENCIES = ("USD", "USD", "JPY", "KWD")

WRITE_OFF = PREDEFINED_ACTIONS["write_off"]
INACTIVATE = PREDEFINED_ACTIONS["inactivate"]
ACTIONS = (
    "call",
    "fixed fee",
    "fee",
    "interest",
    "letter",
    "reminder",
    "collect",
    "custom",
    "contact",
    "demerit",
    "cancel plan",
    "sever",
    *PREDEFINED_ACTIONS.values(),
)
CRITERIA = (
    {"field": "account.credit_score", "operator": "<", "value": 500},
    {"not": {"field": "account.credit_score", "operator": "<", "value": 500}},
    {"field": "account.customer_class", "one_of": ["gold"]},
    {"field": "bill_unit.status", "operator": "=", "value": "active"},
    {"field": "account.credit_rating", "operator": "<", "value": 600},
    {"not": {"field": "account.credit_rating", "operator": "<", "value": 600}},
    {"not": {"field": "bill_unit.broken_pay_plan", "operator": "=", "value": "true"}},
)


# whoever bills for others is spared the first scenario, and so is a weak credit score
ELIGIBILITY = [
    {"name": "others", "priority": 10, "when": "billed_for_others"},
    {"name": "weak", "priority": 20, "condition": CRITERIA[0]},
    {"name": "rest", "priority": 90, "when": "always", "scenarios": ["S0"]},
]


@st.composite
def policies(draw: st.DrawFn, currencies: list[str]) -> dict[str, Any]:
    """A policy with one or two profiles and a few scenarios for each of the currencies."""
    profiles = [name for code in currencies for name in (f"plain {code}", f"gold {code}")]
    scenarios = [
        draw(_scenarios(f"S{number}", draw(st.sampled_from(profiles))))
        for number in range(draw(st.integers(1, 4)))
    ]
    experiments = []
    if draw(st.booleans()):
        # the same but for its steps
        scenarios.append({**scenarios[0], "name": "C0", "steps": [{"day": 2, "action": "call"}]})
        experiments.append(
            {
                "name": "calls",
                "champion": "S0",
                "challengers": [{"scenario": "C0", "share": "50"}],
                "ends_on": draw(st.sampled_from(["2026-02-01", "2026-12-31"])),
            }
        )
    return {
        "settings": draw(_settings()),
        "calendars": [
            {"name": "week", "days": [{"date": "2026-02-03", "working": False, "name": "feast"}]}
        ],
        "brands": [{"name": "default", "calendar": draw(st.sampled_from(["every day", "week"]))}],
        "debt_classes": [
            {
                "name": "hardware",
                "by_agreement": draw(st.booleans()),
                "agreement_threshold": draw(st.sampled_from([{}, {"USD": "12", "JPY": "12"}])),
            }
        ],
        "eligibility": draw(st.sampled_from([[], ELIGIBILITY])),
        "experiments": experiments,
        "profiles": [
            profile
            for code in currencies
            for profile in (
                {"name": f"gold {code}", "currency": code, "rule": CRITERIA[2]},
                {"name": f"plain {code}", "currency": code, "default": True},
            )
        ],
        "actions": _actions(draw),
        "pay_plan_types": [
            {
                "name": "usual",
                "grace_days": draw(st.sampled_from([0, 0, 2])),
                "broken_points": draw(st.sampled_from([0, -150])),
                "broken_days": draw(st.sampled_from([None, 4])),
            },
            {"name": "hardware only", "debt_classes": ["hardware"]},
            {"name": "welfare", "third_party": True},
        ],
        "agencies": [{"name": "Recovery Partners"}] if draw(st.booleans()) else [],
        "severance_templates": _severance(draw),
        "moratoria": draw(st.sampled_from([[], [], [MORATORIUM]])),
        "exchange_rates": [
            _rate("USD", "JPY", "150"),
            _rate("USD", "KWD", "0.307"),
        ],
        "scenarios": scenarios,
    }


def _rate(source: str, target: str, rate: str) -> dict[str, str]:
    return {
        "source_currency": source,
        "target_currency": target,
        "valid_from": "2026-01-15",
        "rate": rate,
    }


def _actions(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {"name": "call", "type": "manual"},
        {"name": "fixed fee", "type": "late_fee", "currency": "USD", "amount": "5.25"},
        {
            "name": "fee",
            "type": "late_fee",
            "currency": draw(st.sampled_from(["USD", "JPY"])),
            "amount": "3",
            "percentage": draw(st.sampled_from(["1.5", "10"])),
            "combine": draw(st.sampled_from(["sum", "minimum", "maximum"])),
            "cap": "20",
        },
        {
            "name": "interest",
            "type": "finance_charge",
            "percentage": "2.5",
            "target": draw(st.sampled_from(["self", "all_members", "all_members_and_parent"])),
        },
        {
            "name": "letter",
            "type": "dunning_letter",
            "template": "letter",
            "target": draw(st.sampled_from(["self", "all_members"])),
        },
        {"name": "reminder", "type": "invoice_reminder", "template": "reminder"},
        {"name": "collect", "type": "collect_payment"},
        {"name": "custom", "type": "custom"},
        {
            "name": "contact",
            "type": "customer_contact",
            "contact_type": "call",
            "target": draw(st.sampled_from(["self", "all_members"])),
            **draw(st.sampled_from([{}, {"template": "letter"}])),
        },
        {
            "name": "demerit",
            "type": "affect_rating",
            "rating": "credit_rating",
            "points": draw(st.sampled_from([-150, 150])),
            "target": draw(st.sampled_from(["self", "all_members_and_parent"])),
            **draw(st.sampled_from([{}, {"days": 5}])),
        },
        {"name": "cancel plan", "type": "cancel_pay_plan"},
        {
            "name": "sever",
            "type": "start_severance",
            **draw(
                st.sampled_from(
                    [
                        {},
                        {"nominate": "oldest"},
                        {"nominate": "highest_arrears"},
                        {"nominate": "type_order", "type_order": ["gas", "electricity"]},
                    ]
                )
            ),
        },
    ]


MORATORIUM = {"name": "frost", "first_day": "01-20", "last_day": "02-05"}


def _severance(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Who is cut, and how: a warning and whatever else comes before, the cut and what follows."""
    before: list[dict[str, Any]] = draw(
        st.lists(
            st.sampled_from(
                [
                    {"name": "letter", "type": "letter", "template": "letter"},
                    {"name": "ask", "type": "to_do"},
                    {"name": "rate", "type": "credit_rating", "points": -150},
                ]
            ),
            unique_by=str,
        )
    )
    cut = {
        "name": "cut",
        "type": "field_activity",
        "activity": "cut",
        "after": ["warn", *(each["name"] for each in before)],
        "days": draw(st.sampled_from([0, 0, 3])),
    }
    warn = {"name": "warn", "type": "field_activity", "activity": "disconnect_warning"}
    expire = {"name": "end", "type": "expire", "after": ["cut"], "days": 9}
    return [
        {"name": "spared", "priority": 10, "only_with": ["life_support"]},
        {
            "name": "cut off",
            "auto_cancel": draw(st.sampled_from([True, True, False])),
            "day_unit": draw(st.sampled_from(["calendar", "working"])),
            "notices": draw(st.sampled_from([[], [{"event": "warn", "days": 2}]])),
            "events": [warn, *before, cut, *draw(st.sampled_from([[], [expire]]))],
            **draw(st.sampled_from([{}, {"cancel_amount": "5"}])),
            **draw(st.sampled_from([{"reconnect": "give back"}, {"reconnect": "give back"}, {}])),
        },
        {
            "name": "give back",
            "purpose": "reconnect",
            "events": [{"name": "connect", "type": "field_activity", "activity": "reconnect"}],
        },
    ]


@st.composite
def _scenarios(draw: st.DrawFn, name: str, profile: str) -> dict[str, Any]:
    steps = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "day": st.sampled_from([1, 1, 2, 3, 5, 8, 13, 25]),
                    "action": st.sampled_from(ACTIONS),
                    "mandatory": st.booleans(),
                }
            ),
            max_size=5,
        )
    )
    if draw(st.booleans()):
        sever = {"day": draw(st.sampled_from([1, 2, 5])), "action": "sever", "mandatory": True}
        steps = [*steps, sever]
    if any(step["action"] == INACTIVATE for step in steps):
        # a write-off must not come after it
        steps = [step for step in steps if step["action"] != WRITE_OFF]
    scenario = {
        "name": name,
        "profile": profile,
        "entry_amount": draw(st.sampled_from(["10", "20", "25", "50"])),
        "entry_days": draw(st.sampled_from([0, 1, 3, 10, 20])),
        "exit_amount": draw(st.sampled_from(["0", "0", "5"])),
        "severity": draw(st.integers(1, 3)),
        "day_unit": draw(st.sampled_from(["calendar", "working"])),
        # without a step it would close and enter again every night
        "when_finished": draw(st.sampled_from(["stay", "close"])) if steps else "stay",
        "debt_class": draw(st.sampled_from(["standard", "standard", "standard", "hardware"])),
        "steps": steps,
    }
    criteria = draw(st.sampled_from([None, None, *CRITERIA]))
    return scenario if criteria is None else {**scenario, "criteria": criteria}


@st.composite
def _settings(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "minimum_due": draw(st.sampled_from([{}, {}, {"USD": "15", "JPY": "15", "KWD": "15"}])),
        "overdue_date": draw(st.sampled_from(["latest", "earliest"])),
        "entry_date": draw(st.sampled_from(["computed", "processing"])),
        "action_dependencies": draw(st.booleans()),
        "run_everything_missed": draw(st.booleans()),
        "installed_on": draw(st.sampled_from([None, None, "2026-01-20"])),
        "promise_grace_days": draw(st.sampled_from([0, 0, 2])),
        "collection_status": (kept := draw(st.booleans())),
        "credit_alerts": kept and draw(st.booleans()),
        "publish_run_details": False,
    }
