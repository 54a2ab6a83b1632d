"""Service agreements as people read them: what is supplied where, what it owes, whom a cut would
harm. They come in with `dunwell load`.
"""

import datetime as dt
from dataclasses import dataclass

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables import supplying
from dunwell.features.receivables.bill_units import find

_AGREEMENTS = statements.load(__package__, "agreements.sql")

_AT_PREMISE = """(
    service_agreement.{flag} or exists (
        select from service_agreement as neighbour
        join account as theirs on theirs.id = neighbour.account_id
        where neighbour.premise_no = service_agreement.premise_no
            and neighbour.{flag}
            and theirs.brand_id = account.brand_id
            and (
                neighbour.account_id = service_agreement.account_id
                or neighbour.status in ('pending_start', 'active')
            )
    )
)"""
_FLAGS = ("life_support", "sensitive_load")
AT_PREMISE = {f"{flag}_at_premise": _AT_PREMISE.format(flag=flag) for flag in _FLAGS}
"""Whether a cut would harm somebody, or something, at an agreement's premise, whoever there is
supplied with what."""
AT_RISK = {
    flag: f"(account.{flag} or {at_premise})"
    for flag, at_premise in zip(_FLAGS, AT_PREMISE.values(), strict=True)
}
"""The same at the premise, or of the person."""


@dataclass(frozen=True, slots=True)
class ServiceAgreement:
    """One service; life support and sensitive load are those of the person and of the premise."""

    id: int
    service_agreement_no: str
    type: str
    status: str
    debt_class: str | None
    started_on: dt.date | None
    stopped_on: dt.date | None
    premise_no: str | None
    premise_address: str | None
    life_support: bool
    sensitive_load: bool
    master_meter: bool
    third_party_supplier: str | None
    currency: str
    overdue_amount: str


def agreements(
    operation: Operation, bill_unit_no: str, *, after: str | None = None, limit: int | None = None
) -> tuple[ServiceAgreement, ...]:
    """The bill unit's service agreements by number; those after one. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    return _agreements(operation, bill_unit_no, after=after, limit=limit)


def agreement(operation: Operation, service_agreement_no: str) -> ServiceAgreement:
    """The service agreement of that number. Raises NotFound, also for another brand's."""
    operation.actor.require(Permission.VIEW)
    return changed(operation, service_agreement_no)


def changed(operation: Operation, service_agreement_no: str) -> ServiceAgreement:
    """The same for whoever has just changed it, and need not have the permission to view."""
    bill_unit_no = supplying.bill_unit_of(operation, service_agreement_no)
    (found,) = _agreements(operation, bill_unit_no, number=service_agreement_no)
    return found


def _agreements(
    operation: Operation,
    bill_unit_no: str,
    *,
    number: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> tuple[ServiceAgreement, ...]:
    bill_unit = find(operation, bill_unit_no)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "business_date": operation.date,
        "number": number,
        "after": after,
        "most": limit,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_AGREEMENTS["agreements"].render(AT_RISK), given).fetchall()
    return tuple(ServiceAgreement(**row) for row in rows)
