"""Severance over all customers: processes under way, and what the field has before it. One process
is worked on from the page of its bill unit.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from dunwell.features.access.actor import Permission
from dunwell.features.severance import queries
from dunwell.web.caller import Caller, may

router = APIRouter(prefix="/severances")

Viewer = Annotated[Caller, may(Permission.VIEW)]
After = Annotated[str | None, Query(max_length=2_000)]

PAGE = 100


@router.get("")
def show_severances(caller: Viewer, after: After = None, field: After = None) -> Response:
    """Active processes, with what comes next in each; and outstanding field work. Each list has
    pages of its own.
    """
    with caller.look() as operation:
        return caller.page(
            "severances/list.html",
            page=queries.processes(operation, limit=PAGE, cursor=after or None),
            field_work=queries.outstanding(operation, limit=PAGE, cursor=field or None),
            begun=after is not None,
            field_begun=field is not None,
            today=operation.date,
        )
