"""All verbs by their names."""

from dunwell.domain.errors import NotFound
from dunwell.web.languages import _
from dunwell.web.verbs import (
    actions,
    agents,
    contacts,
    groups,
    nights,
    notes,
    pay_plans,
    payment_methods,
    payments,
    placing,
    promises,
    ratings,
    services,
    sparing,
    to_dos,
    treatments,
)
from dunwell.web.verbs.verb import Verb

OF_BILL_UNIT = (
    *payments.VERBS,
    *promises.VERBS,
    *pay_plans.VERBS,
    *actions.VERBS,
    *notes.VERBS,
    *contacts.VERBS,
    *to_dos.VERBS,
    *agents.VERBS,
    *sparing.VERBS,
    *placing.VERBS,
    *treatments.VERBS,
    *groups.VERBS,
    *nights.VERBS,
)
"""In the order in which they are offered."""

OF_PART = (payment_methods.REGISTER, *services.VERBS, *ratings.VERBS, *pay_plans.DENIAL)
"""Offered with the part of the bill unit's page that they are about."""

OF_ROW = (
    payment_methods.REMOVE,
    *pay_plans.OF_PAY_PLAN,
    *to_dos.OF_TO_DO,
    *ratings.OF_DEMERIT,
    *services.OF_AGREEMENT,
    *services.OF_SEVERANCE,
    *services.OF_EVENT,
    *services.OF_FIELD_ACTIVITY,
)
"""Offered beside the row that they are done to."""

VERBS = {
    verb.name: verb
    for verb in (*OF_BILL_UNIT, *OF_PART, *actions.OF_ACTION, *promises.OF_INSTALMENT, *OF_ROW)
}


def find(name: str) -> Verb:
    """The verb of that name. Raises NotFound."""
    if name not in VERBS:
        raise NotFound(_("Nothing of that name can be done here."))
    return VERBS[name]
