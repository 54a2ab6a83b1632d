"""What a manager searches for: the form with every criterion, and how it travels.

What names a customer (name, company, and a place in a list that is sorted by names) never stands in
an address: such a search goes by POST. Any other has an address that can be kept and sent on.
"""

import datetime as dt
from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import Field

from dunwell.features.access.actor import Operation
from dunwell.features.cases.search_ways import Order
from dunwell.features.cases.searching import Criteria
from dunwell.features.policy import queries
from dunwell.web.forms import Amount, Form, Given, Line
from dunwell.web.languages import _

Days = Annotated[int | None, Field(ge=0, le=36_500)]

PERSONAL = ("name", "company")

NOBODY = "–"
"""In an address and a form: no agent."""


class Wanted(Given):
    """Every criterion of the search, the order, and the page."""

    bill_unit_no: Line | None = None
    account_no: Line | None = None
    name: Line | None = None
    company: Line | None = None
    bill_unit_status: Line | None = None
    account_status: Line | None = None
    pay_type: Line | None = None
    billed_from: dt.date | None = None
    billed_until: dt.date | None = None
    agent: Line | None = None
    assigned: Literal["yes", "no"] | None = None
    profile: Line | None = None
    scenario: Line | None = None
    debt_class: Line | None = None
    currency: Line | None = None
    overdue_amount_from: Amount | None = None
    overdue_amount_until: Amount | None = None
    days_overdue_from: Days = None
    days_overdue_until: Days = None
    order: Order = Order.AMOUNT
    after: Annotated[str | None, Field(max_length=2_000)] = None

    @property
    def criteria(self) -> Criteria:
        """As the service takes it."""
        given = self.model_dump(exclude={"order", "after", "assigned"})
        assigned = None if self.assigned is None else self.assigned == "yes"
        return Criteria(**given, assigned=assigned)

    @property
    def is_personal(self) -> bool:
        """Whether its address would tell who a customer is."""
        return self.order is Order.NAME or any(getattr(self, name) for name in PERSONAL)


def kept(form: Form[Wanted]) -> dict[str, str]:
    """What was sent, as texts, without the page: it is sent along with whatever comes next."""
    return {
        name: str(form.values[name])
        for name in Wanted.model_fields
        if name != "after" and form.values.get(name)
    }


def address(form: Form[Wanted], **more: str | None) -> str:
    """The address of the search."""
    values = {**kept(form), **{name: value for name, value in more.items() if value}}
    return "/manager" + (f"?{urlencode(values)}" if values else "")


def choices(operation: Operation) -> dict[str, list[tuple[str, str]]]:
    """What the fields can choose from, first that it doesn't matter."""
    found = {}
    for noun in ("agent", "profile", "scenario", "debt_class"):
        objects = queries.objects(operation.connection, noun, operation.actor.sees)
        names = sorted({each.name for each in objects})
        found[noun] = [("", _("any")), *((name, name) for name in names)]
    found["assigned"] = [("", _("any")), ("yes", _("yes")), ("no", _("no"))]
    return found
