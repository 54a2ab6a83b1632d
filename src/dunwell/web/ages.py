"""What a bill unit owes by age, in the policy's buckets, as every page shows it."""

from decimal import Decimal

from dunwell.features.access.actor import Operation
from dunwell.features.receivables import ageing
from dunwell.web.languages import _


def by_age(operation: Operation, number: str) -> list[tuple[str, Decimal]]:
    """What is open by age, all buckets in their order."""
    rows = ageing.ageing(operation.connection, date=operation.date, bill_unit_no=number)
    amounts = {row.bucket: row.amount for row in rows}
    days = ageing.boundaries(operation.connection)
    titles = {ageing.NOT_DUE: _("not due")}
    first = 1
    for last in days:
        titles[str(last)] = f"{first}–{last}"
        first = last + 1
    titles[f">{days[-1] if days else 0}"] = f"{first}+"
    return [(title, amounts.get(bucket, Decimal(0))) for bucket, title in titles.items()]
