"""Writing a policy and reading it back gives the same policy, whatever it holds."""

from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunwell.features.policy import file, model, service

names = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\x7f"),
    min_size=1,
    max_size=9,
).filter(lambda name: name == name.strip() != "")
words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
).map(lambda text: text.replace("\r\n", "\n"))
days = st.dates(date(1990, 1, 1), date(2050, 12, 31))
amounts = st.decimals(0, 10**9, places=2)


def literals():
    return st.one_of(
        st.integers(-(10**6), 10**6),
        st.decimals(-(10**6), 10**6, places=3),
        days,
        words,
        st.sampled_from(["today", "today-90", "2026-01-01", "5", "5.0", "true"]),
    )


def leaves():
    fields = st.sampled_from(
        ["account.credit_score", "account.city", "account.attr.a b", 'bill_unit.attr."x"']
    )
    numbers = st.lists(st.integers(0, 99), min_size=1, max_size=3)
    texts = st.lists(words, min_size=1, max_size=3)
    return st.one_of(
        st.fixed_dictionaries(
            {"field": fields, "operator": st.sampled_from(["=", "<", ">="]), "value": literals()}
        ),
        st.fixed_dictionaries({"field": fields, "one_of": st.one_of(numbers, texts)}),
        st.fixed_dictionaries({"field": fields, "missing": st.booleans()}),
        st.fixed_dictionaries({"criterion": names, "operator": st.just("="), "value": literals()}),
        st.fixed_dictionaries(
            {
                "field": fields,
                "operator": st.just("="),
                "value": words,
                "type": st.sampled_from(["string", "integer", "decimal", "timestamp"]),
            }
        ),
    )


conditions = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=4,
)

actions = st.one_of(
    st.fixed_dictionaries({"name": names, "type": st.just("manual"), "description": words}),
    st.fixed_dictionaries(
        {
            "name": names,
            "type": st.just("late_fee"),
            "currency": st.just("USD"),
            "amount": amounts,
            "percentage": st.decimals("0.01", 100, places=2),
            "combine": st.sampled_from(["sum", "minimum", "maximum"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "name": names,
            "type": st.just("custom"),
            "parameters": st.dictionaries(
                names, st.one_of(words, st.integers(), st.booleans()), max_size=3
            ),
        }
    ),
)

policies = st.fixed_dictionaries(
    {
        "aging_buckets": st.lists(st.integers(1, 999), min_size=1, max_size=4),
        "settings": st.fixed_dictionaries(
            {"minimum_due": st.dictionaries(st.sampled_from(["USD", "EUR"]), amounts)},
            optional={"installed_on": days, "pay_types": st.lists(names, max_size=2)},
        ),
        "calendars": st.lists(
            st.fixed_dictionaries(
                {
                    "name": names,
                    "days": st.lists(
                        st.fixed_dictionaries(
                            {"date": days, "working": st.booleans(), "name": words}
                        ),
                        max_size=2,
                    ),
                }
            ),
            max_size=1,
        ),
        "criteria": st.lists(
            st.fixed_dictionaries(
                {
                    "name": names,
                    "type": st.sampled_from(["string", "integer", "decimal", "timestamp"]),
                    "source": st.just("account.city"),
                }
            ),
            max_size=2,
        ),
        "profiles": st.lists(
            st.fixed_dictionaries({"name": names, "currency": st.just("USD"), "rule": conditions}),
            max_size=2,
        ),
        "actions": st.lists(actions, max_size=2),
        "scenarios": st.lists(
            st.fixed_dictionaries(
                {
                    "name": names,
                    "profile": names,
                    "entry_amount": amounts,
                    "entry_days": st.integers(0, 99),
                    "steps": st.lists(
                        st.fixed_dictionaries(
                            {
                                "day": st.integers(1, 99),
                                "action": names,
                                "mandatory": st.booleans(),
                            }
                        ),
                        max_size=2,
                    ),
                }
            ),
            max_size=1,
        ),
        "reason_codes": st.lists(
            st.fixed_dictionaries(
                {
                    "category": names,
                    "code": names,
                    "labels": st.dictionaries(
                        st.sampled_from(["en_US", "de_DE", "es_ES"]), words, min_size=1
                    ),
                }
            ),
            max_size=2,
        ),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=policies)
def test_what_is_written_reads_back_the_same(data):
    policy = model.Policy.model_validate(data)
    text = file.write(policy)
    again = file.parse(text)
    assert again == policy
    assert file.write(again) == text
    assert service.fingerprint(again) == service.fingerprint(policy)
    assert model.Policy.model_validate(service.document(policy)) == policy


def test_the_policy_of_the_demo_is_written_and_read_twice(
    demo_policy: model.Policy, tmp_path: Path
):
    path = tmp_path / "policy.toml"
    path.write_text(file.write(demo_policy), encoding="utf-8")
    once = file.read(path)
    assert once == demo_policy
    assert file.write(once) == path.read_text(encoding="utf-8")


def test_an_amount_is_written_digit_by_digit():
    policy = model.Policy.model_validate(
        {"settings": {"minimum_due": {"USD": "123456789012345.67", "EUR": "100.00"}}}
    )
    assert "{EUR = 100, USD = 123456789012345.67}" in file.write(policy)
