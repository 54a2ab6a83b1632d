"""Words for policies in tests: a scenario in a line, with the actions that most stories need.

`policy(scenario(steps="5 letter, 10 late fee"))` is a whole policy file; a `?` after an action
makes it optional.
"""

from collections.abc import Mapping

MANY_ACTIONS = """
[[actions]]
name = "call"
type = "manual"

[[actions]]
name = "second call"
type = "manual"

[[actions]]
name = "letter"
type = "dunning_letter"
template = "first"

[[actions]]
name = "second letter"
type = "dunning_letter"
template = "second"

[[actions]]
name = "reminder"
type = "invoice_reminder"
template = "with-the-invoice"

[[actions]]
name = "late fee"
type = "late_fee"
currency = "USD"
amount = 5.00

[[actions]]
name = "interest"
type = "finance_charge"
percentage = 2

[[actions]]
name = "collect"
type = "collect_payment"

[[actions]]
name = "visit"
type = "custom"
parameters = { district = "harbour" }
"""

WEEKDAYS = """
[[calendars]]
name = "weekdays"
weekend = ["saturday", "sunday"]

[[brands]]
name = "default"
locale = "en_US"
time_zone = "UTC"
calendar = "weekdays"
"""

AGENCIES = """
[[agencies]]
name = "Fair Recovery"

[[agencies]]
name = "Kind Collections"
"""


BRANDS = """
[[brands]]
name = "north"
locale = "en_US"
time_zone = "UTC"

[[brands]]
name = "south"
locale = "en_US"
time_zone = "UTC"
"""

_OF_A_BRAND = """
[[actions]]
name = "letter {brand}"
brand = "{brand}"
type = "dunning_letter"
template = "first-reminder"

[[actions]]
name = "fee {brand}"
brand = "{brand}"
type = "late_fee"
currency = "{currency}"
amount = 5

[[actions]]
name = "call {brand}"
brand = "{brand}"
type = "manual"

[[agencies]]
name = "agency {brand}"
brand = "{brand}"

[[profiles]]
name = "everybody {brand}"
brand = "{brand}"
currency = "{currency}"
default = true
"""


def holidays_of(country: str) -> str:
    """The default brand works on the days that are no public holidays of a country."""
    return WEEKDAYS.replace('name = "weekdays"\n', f'name = "weekdays"\ncountry = "{country}"\n')


def step(text: str) -> str:
    """`10 late fee` or `10 call?` as a step of the policy file."""
    day, action = text.strip().split(" ", 1)
    optional = ", mandatory = false" if action.endswith("?") else ""
    return f'{{ day = {day}, action = "{action.rstrip("?")}"{optional} }}'


def scenario(
    name: str = "reminders",
    *,
    profile: str = "default USD",
    entry: str = "20.00",
    days: int = 10,
    leave: str = "0.00",
    severity: int = 1,
    steps: str = "400 call",
    more: str = "",
) -> str:
    """Enters with `entry` at least `days` overdue, leaves at `leave` or less."""
    return f"""
[[scenarios]]
name = "{name}"
profile = "{profile}"
entry_amount = {entry}
entry_days = {days}
exit_amount = {leave}
severity = {severity}
{more}
steps = [{", ".join(map(step, steps.split(",")))}]
"""


def policy(
    *scenarios: str,
    settings: Mapping[str, str] | None = None,
    currencies: tuple[str, ...] = ("USD",),
    more: str = "",
) -> str:
    """A policy file: the settings in force, a default profile for each currency, the scenarios."""
    switches = "".join(f"{name} = {value}\n" for name, value in (settings or {}).items())
    profiles = "".join(
        f'[[profiles]]\nname = "default {code}"\ncurrency = "{code}"\ndefault = true\n'
        for code in currencies
    )
    return f"[settings]\n{switches}\n{MANY_ACTIONS}\n{profiles}\n{more}\n{''.join(scenarios)}"


def late_fee(name: str, terms: str, currency: str = "USD") -> str:
    """A late fee of its own: `amount = 5.00, percentage = 2`."""
    lines = "\n".join(terms.split(", "))
    return f'[[actions]]\nname = "{name}"\ntype = "late_fee"\ncurrency = "{currency}"\n{lines}\n'


def two_brands(
    steps: str, *, yen: bool = False, of_each: str = "", more: str = "", settings: str = ""
) -> str:
    """The brands north and south alike, but for south's yen: each has a letter, a fee, a call, an
    agency and a scenario of its own. `{brand}` stands for a brand's name.
    """
    found = f"{settings}{BRANDS}{more}"
    for brand, currency in (("north", "USD"), ("south", "JPY" if yen else "USD")):
        own = scenario(
            "short {brand}",
            profile="everybody {brand}",
            entry="50",
            leave="5",
            more='brand = "{brand}"',
            steps=steps,
        )
        whole = _OF_A_BRAND + own + of_each
        found += whole.replace("{brand}", brand).replace("{currency}", currency)
    return found
