"""The rules that a policy must keep, beyond the form of its parts: names, currencies, conditions.

`check` runs all of them and yields every problem at once. The rules about scenarios stand in
`scenario_checks`, and so on.
"""

from collections.abc import Iterator
from itertools import pairwise

from dunwell.domain import conditions
from dunwell.domain.conditions import ValueType
from dunwell.domain.errors import BadInput
from dunwell.features.policy import (
    calendars,
    condition_checks,
    crm_checks,
    eligibility_checks,
    experiment_checks,
    people_checks,
    scenario_checks,
    severance_checks,
    wordings,
)
from dunwell.features.policy.criteria import Place
from dunwell.features.policy.forms.actions import AffectRating, LateFee
from dunwell.features.policy.forms.calendars import DEFAULT_CALENDAR
from dunwell.features.policy.installation import ACTIONS_BY_HAND, PREDEFINED_ACTIONS
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, decimals, error, twice, unknown
from dunwell.features.policy.values import is_currency

MOST_BUCKETS = 10


def check(policy: Policy) -> list[Problem]:
    """Everything that is wrong with the policy, in the order of the document's parts."""
    rules = (
        _buckets,
        _minimum_due,
        _adjustment_limits,
        _same_names,
        people_checks.check,
        _brands,
        _calendars,
        _criteria,
        _profiles,
        _actions,
        _exchange_rates,
        scenario_checks.check,
        severance_checks.check,
        eligibility_checks.check,
        experiment_checks.check,
        crm_checks.check,
        wordings.check,
    )
    return [problem for rule in rules for problem in rule(policy)]


def _buckets(policy: Policy) -> Iterator[Problem]:
    boundaries = policy.aging_buckets
    if len(boundaries) > MOST_BUCKETS:
        yield error(
            ("aging_buckets",),
            f"too many aging buckets ({len(boundaries)}) — keep at most {MOST_BUCKETS}",
        )
    for index, (before, after) in enumerate(pairwise(boundaries), start=1):
        if after <= before:
            yield error(
                ("aging_buckets", index),
                f"aging buckets must ascend ({after} after {before}) — put them in order",
            )


def _minimum_due(policy: Policy) -> Iterator[Problem]:
    for code, amount in policy.settings.minimum_due.items():
        yield from decimals(("settings", "minimum_due", code), amount, code)


def _adjustment_limits(policy: Policy) -> Iterator[Problem]:
    seen = set()
    for index, limit in enumerate(policy.settings.adjustment_limits):
        place = ("settings", "adjustment_limits", index)
        if (limit.role, limit.currency) in seen:
            yield error(
                (*place, "role"),
                f"a second limit of {limit.role!r} in {limit.currency} — remove one of them",
            )
        seen.add((limit.role, limit.currency))
        yield from decimals((*place, "amount"), limit.amount, limit.currency)


def _same_names(policy: Policy) -> Iterator[Problem]:
    for noun, parts in (
        ("calendars", policy.calendars),
        ("brands", policy.brands),
        ("debt_classes", policy.debt_classes),
        ("criteria", policy.criteria),
        ("agents", policy.agents),
        ("eligibility", policy.eligibility),
    ):
        yield from twice(noun, "name", ((part.name, part.name) for part in parts))
    for noun, branded in (
        ("profiles", policy.profiles),
        ("scenarios", policy.scenarios),
        ("agencies", policy.agencies),
        ("severance_templates", policy.severance_templates),
        ("moratoria", policy.moratoria),
        ("experiments", policy.experiments),
    ):
        yield from twice(noun, "name", (((part.brand, part.name), part.name) for part in branded))
    yield from twice(
        "reason_codes",
        "code",
        (((code.brand, code.category, code.code), code.code) for code in policy.reason_codes),
    )


def _brands(policy: Policy) -> Iterator[Problem]:
    known_calendars = {DEFAULT_CALENDAR, *(calendar.name for calendar in policy.calendars)}
    for index, brand in enumerate(policy.brands):
        if brand.calendar not in known_calendars:
            yield unknown(
                ("brands", index, "calendar"), "calendar", brand.calendar, known_calendars
            )
    brands = policy.brand_names()
    for noun in (
        *("profiles", "actions", "scenarios", "reason_codes", "agencies"),
        *("severance_templates", "moratoria", "experiments"),
    ):
        for index, part in enumerate(getattr(policy, noun)):
            if part.brand is not None and part.brand not in brands:
                yield unknown((noun, index, "brand"), "brand", part.brand, brands)


def _calendars(policy: Policy) -> Iterator[Problem]:
    for index, calendar in enumerate(policy.calendars):
        place = ("calendars", index)
        if calendar.country is not None:
            try:
                calendars.check_region(calendar.country, calendar.subdivision)
            except BadInput as failure:
                yield error((*place, "country"), failure.message)
        elif calendar.subdivision is not None:
            yield error(
                (*place, "subdivision"),
                f"a subdivision without a country ({calendar.subdivision!r}) — name the country",
            )
        days = set()
        for number, own in enumerate(calendar.days):
            if own.date in days:
                yield error(
                    (*place, "days", number),
                    f"the same day twice ({own.date}) — remove one of them",
                )
            days.add(own.date)


def _criteria(policy: Policy) -> Iterator[Problem]:
    for index, criterion in enumerate(policy.criteria):
        place = ("criteria", index)
        if not conditions.is_field(criterion.source):
            yield condition_checks.unknown_field((*place, "source"), criterion.source)
        if criterion.type is ValueType.ENUM and not criterion.values:
            yield error(place, f"an enum without values ({criterion.name!r}) — list them")
        if criterion.type is not ValueType.ENUM and criterion.values:
            yield error(
                (*place, "values"),
                f"values for a criterion of type {criterion.type.value} ({criterion.name!r})"
                " — only an enum has them",
            )


def _profiles(policy: Policy) -> Iterator[Problem]:
    defaults: dict[tuple[str, str], str] = {}
    for index, profile in enumerate(policy.profiles):
        place = ("profiles", index)
        if profile.rule is not None:
            yield from condition_checks.check(policy, profile.rule, (*place, "rule"))
        if (
            profile.name.startswith("default ")
            and is_currency(profile.name.removeprefix("default "))
            and (not profile.default or profile.name != f"default {profile.currency}")
        ):
            yield error(
                (*place, "name"),
                f"a name kept for another default profile ({profile.name!r}) — choose another one",
            )
        if profile.default and profile.rule is not None:
            yield error(
                (*place, "rule"),
                f"a default profile with a rule ({profile.name!r}) — it takes what is left over;"
                " remove the rule or `default`",
            )
        if not profile.default and profile.rule is None:
            yield error(
                place,
                f"a profile that nothing selects ({profile.name!r}) — give it a rule, or"
                " `default = true`",
            )
        if profile.default:
            other = defaults.setdefault((profile.brand, profile.currency), profile.name)
            if other != profile.name:
                yield error(
                    (*place, "default"),
                    f"a second default profile for {profile.currency} ({profile.name!r} after"
                    f" {other!r}) — keep one for each brand and currency",
                )


def _actions(policy: Policy) -> Iterator[Problem]:
    predefined = {name.casefold(): name for name in (PREDEFINED_ACTIONS | ACTIONS_BY_HAND).values()}
    brands_of: dict[str, set[str | None]] = {}
    for index, action in enumerate(policy.actions):
        place = ("actions", index)
        if action.name.casefold() in predefined:
            yield error(
                (*place, "name"),
                f"a predefined action ({predefined[action.name.casefold()]!r}) can't be defined or"
                " changed — choose another name",
            )
        brands = brands_of.setdefault(action.name, set())
        # an action of all brands would hide or be hidden by a brand's own of the same name
        if action.brand in brands or (brands and None in {action.brand, *brands}):
            yield error(
                (*place, "name"),
                f"the same name twice in actions ({action.name!r}) — rename or remove one of them",
            )
        brands.add(action.brand)
        if isinstance(action, LateFee):
            yield from _late_fee(action, place)
        if isinstance(action, AffectRating) and action.points == 0:
            yield error((*place, "points"), "points of nothing (0) — write another number")


def _late_fee(fee: LateFee, place: Place) -> Iterator[Problem]:
    if fee.amount is None and fee.percentage is None:
        yield error(
            place, f"a late fee of nothing ({fee.name!r}) — give an amount, a percentage or both"
        )
    for key in ("amount", "cap"):
        amount = getattr(fee, key)
        if amount is not None:
            yield from decimals((*place, key), amount, fee.currency)


def _exchange_rates(policy: Policy) -> Iterator[Problem]:
    seen = set()
    for index, rate in enumerate(policy.exchange_rates):
        place = ("exchange_rates", index)
        if rate.source_currency == rate.target_currency:
            yield error(
                (*place, "target_currency"),
                f"a rate from a currency to itself ({rate.source_currency}) — remove it",
            )
        identity = (rate.source_currency, rate.target_currency, rate.valid_from)
        if identity in seen:
            yield error(
                (*place, "valid_from"),
                f"two rates from {rate.source_currency} to {rate.target_currency} on one day"
                f" ({rate.valid_from}) — remove one of them",
            )
        seen.add(identity)
