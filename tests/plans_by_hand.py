"""What people do with pay plans in a random history, through the same services as everywhere."""

from decimal import ROUND_DOWN, Decimal

from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.engine import relief
from dunwell.features.access.actor import Operation
from dunwell.features.pay_plans import service
from dunwell.features.pay_plans.rules import Terms
from tests.histories import Deed

TYPES = ("usual", "hardware only", "welfare")


def do(operation: Operation, deed: Deed) -> bool:
    """Do it, if it is possible; whether it is over and done with."""
    owed = _one(operation, deed, _OWED)
    plan = _one(operation, deed, _PLAN)
    if (owed if deed.verb == "plan" else plan) is None:
        return False
    try:
        if deed.verb == "cancel plan":
            service.cancel(operation, deed.bill_unit_no, str(plan), reason="a test")
        else:
            # sometimes about all that is owed, sometimes about half of it
            share = Decimal(owed or 0) / (2 if deed.days % 2 else 1)
            first = max(deed.until or deed.on, deed.on)
            terms = Terms(share.to_integral_value(ROUND_DOWN), deed.number, first, interval_days=4)
            if deed.verb == "plan":
                kind = TYPES[deed.days % 3]
                payer = "City" if kind == "welfare" else None
                service.make(
                    operation, deed.bill_unit_no, kind, terms, payer=payer, reason="a test"
                )
            else:
                service.change(operation, deed.bill_unit_no, str(plan), terms, reason="a test")
    except (RuleViolation, BadInput):
        operation.connection.rollback()
    else:
        # the next thing somebody does is another transaction
        relief.relieve(operation)
        operation.connection.commit()
    return True


def _one(operation: Operation, deed: Deed, query: str) -> str | None:
    values = [deed.bill_unit_no, deed.on][: query.count("%s")]
    row = operation.connection.execute(query.encode(), values).fetchone()
    return None if row is None or row[0] is None else str(row[0])


_OWED = """
    select sum(item.open_amount)
    from item
    join bill_unit
        on bill_unit.account_id = item.account_id and bill_unit.id = item.bill_unit_id
    where bill_unit.bill_unit_no = %s and item.issued_on <= %s and item.open_amount > 0
"""

_PLAN = """
    select pay_plan.account_id || '-' || pay_plan.id
    from pay_plan
    join bill_unit
        on bill_unit.account_id = pay_plan.account_id and bill_unit.id = pay_plan.bill_unit_id
    where bill_unit.bill_unit_no = %s and pay_plan.status = 'active'
    order by pay_plan.id
    limit 1
"""
