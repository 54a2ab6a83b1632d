"""A policy under which the operations have something to work on."""

from tests.policies import BRANDS

POLICY = {
    "toml": BRANDS
    + """
[settings]
collection_status = true
credit_alerts = true
[[pay_plan_types]]
name = "usual"

[[to_do_types]]
name = "none"
role = "agent"

[[profiles]]
name = "everybody north"
brand = "north"
currency = "USD"
default = true

[[scenarios]]
name = "short north"
brand = "north"
profile = "everybody north"
entry_amount = 50
entry_days = 10
exit_amount = 5
steps = [{ day = 30, action = "Close bill unit" }, { day = 60, action = "Write off balance" }]
"""
}
