"""Insulating: what active pay plans take off the debt before anything is decided about it.

The scheduled payments of a plan, less what has been paid since it was made, count as if they were
made: spread over the overdue items like what is disputed, so that every statement that measures
sees them. Where no plan is active, a slice pays for one small question.
"""

from dunwell.db import statements
from dunwell.features.receivables.work import Work

_INSULATE = statements.load(__package__, "insulate.sql")

PAID_ON_PLAN = """
    select coalesce(sum(greatest(by_credit.amount, 0)), 0) as amount
    from (
        select sum(allocation.amount) as amount
        from item
        join allocation
            on allocation.account_id = item.account_id and allocation.item_id = item.id
        join credit
            on credit.account_id = allocation.account_id and credit.id = allocation.credit_id
        where item.account_id = plan.account_id
            and item.bill_unit_id = plan.bill_unit_id
            and item.account_id between %(first_account)s::bigint and %(last_account)s::bigint
            and (plan.debt_class_ids is null or item.debt_class_id = any(plan.debt_class_ids))
            and credit.kind in ('payment', 'adjustment', 'correction')
            and allocation.effective_on <= plan.counted_until
            and allocation.posted_on <= %(business_date)s::date
            and (plan.posted_until is null or allocation.posted_on > plan.posted_until)
        group by credit.account_id, credit.id
    ) as by_credit
"""
"""What has been paid on the row `plan` until its `counted_until`: whatever was posted after it was
made and lowered the debt that it covers, but for write-offs. What bounced doesn't count."""

EVERY_PLAN = ""
OF_UNITS = (
    "and (pay_plan.account_id, pay_plan.bill_unit_id) in"
    " (select unit.account_id, unit.bill_unit_id from unit)"
)


def insulate(work: Work, *, everything: bool) -> int:
    """Add what plans insulate to `disputed_item`; how many items have it."""
    if work.run(_INSULATE["any_pay_plan"]).fetchone() != (True,):
        return 0
    work.fragments["paid_on_plan"] = PAID_ON_PLAN
    work.fragments["plans_of"] = EVERY_PLAN if everything else OF_UNITS
    return work.count(_INSULATE["insulated_items"])
