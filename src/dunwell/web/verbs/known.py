"""All verbs by their names."""

from dunwell.domain.errors import NotFound
from dunwell.web.languages import _
from dunwell.web.verbs import (
    actions,
    agents,
    groups,
    nights,
    notes,
    payments,
    placing,
    promises,
    sparing,
    to_dos,
)
from dunwell.web.verbs.verb import Verb

OF_BILL_UNIT = (
    *payments.VERBS,
    *promises.VERBS,
    *actions.VERBS,
    *notes.VERBS,
    *agents.VERBS,
    *sparing.VERBS,
    *placing.VERBS,
    *groups.VERBS,
    *nights.VERBS,
)
"""In the order in which they are offered."""

VERBS = {
    verb.name: verb
    for verb in (
        *OF_BILL_UNIT,
        *actions.OF_ACTION,
        *promises.OF_INSTALMENT,
        *to_dos.OF_TO_DO,
    )
}


def find(name: str) -> Verb:
    """The verb of that name. Raises NotFound."""
    if name not in VERBS:
        raise NotFound(_("There is no such page."))
    return VERBS[name]
