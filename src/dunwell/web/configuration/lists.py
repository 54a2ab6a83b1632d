"""The lists of the policy: what each has, in which order, and what is taken out of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from dunwell.domain.errors import NotFound, RuleViolation
from dunwell.features.policy import drafts, parts, versions
from dunwell.features.policy.forms.calendars import DEFAULT_CALENDAR
from dunwell.features.policy.forms.scenarios import DEFAULT_DEBT_CLASS
from dunwell.features.policy.installation import PREDEFINED_ACTIONS
from dunwell.features.policy.values import DEFAULT_BRAND
from dunwell.web import refusals
from dunwell.web.configuration import columns
from dunwell.web.configuration.desk import Noun, Owner, PartId, desk_of, page
from dunwell.web.configuration.form_page import show_form
from dunwell.web.forms import Fields
from dunwell.web.languages import _

router = APIRouter(prefix="/configuration")


@router.get("")
def overview(caller: Owner) -> Response:
    """All lists of the policy, and the versions that came last."""
    with caller.oversee() as operation:
        desk = desk_of(operation)
        newest = versions.newest(operation, limit=5)
    return page(caller, "overview", desk, versions=newest)


IMPLIED = {
    "brands": DEFAULT_BRAND,
    "calendars": DEFAULT_CALENDAR,
    "debt_classes": DEFAULT_DEBT_CLASS,
}
"""What is there without the policy's saying so."""

MOST_ROWS = 100
"""Of a list, on one page."""
FEW_ROWS = 20
"""Nobody searches so few."""


@router.get("/{noun}")
def show_list(
    noun: Noun,
    caller: Owner,
    q: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """The parts of one list whose names have these words; of what there is one, its form."""
    if noun in parts.SINGLE:
        return show_form(caller, noun, None)
    with caller.oversee() as operation:
        desk = desk_of(operation)
    shown = [
        {"id": parts.id_of(noun, part), "part": part, "name": _own_name(noun, part)}
        for part in parts.find_list(desk.policy, noun)
    ]
    found = [each for each in shown if _has(each["name"], q)]
    brands = len(desk.policy.brand_names()) > 1
    return page(
        caller,
        "list",
        desk,
        noun,
        ids=[each["id"] for each in shown],
        rows=found[start : start + MOST_ROWS],
        count=len(found),
        searched=len(shown) > FEW_ROWS,
        q=q,
        start=start,
        most=MOST_ROWS,
        implied=IMPLIED.get(noun),
        columns=columns.columns(noun),
        several_brands=brands and "brand" in parts.NAMED_BY[noun],
        predefined=list(PREDEFINED_ACTIONS.items()) if noun == "actions" else [],
        ordered=noun == "profiles",
    )


def _has(name: str, words: str) -> bool:
    return all(word in name.casefold() for word in words.casefold().split())


def _own_name(noun: str, part: Any) -> str:
    key = parts.key_of(noun, part)
    return " / ".join(key[1:] if parts.NAMED_BY[noun][0] == "brand" else key)


@router.post("/{noun}/{part_id}/remove")
def remove_part(noun: Noun, part_id: PartId, caller: Owner) -> Response:
    """Take a part out of the draft; back on its page if something needs it."""
    try:
        with caller.oversee() as operation:
            drafts.find_or_start(operation)
            drafts.remove(operation, noun, part_id)
    except RuleViolation as failure:
        return caller.go(
            f"/configuration/{noun}/{part_id}", flash=("bad", refusals.told(failure.message))
        )
    return caller.go(f"/configuration/{noun}", flash=("good", _("Taken out of your draft.")))


@router.post("/{noun}/{part_id}/move")
def move_part(noun: Noun, part_id: PartId, caller: Owner, fields: Fields) -> Response:
    """One place up or down, or to a place."""
    with caller.oversee() as operation:
        draft = drafts.find_or_start(operation)
        ids = [parts.id_of(noun, part) for part in parts.find_list(draft.policy, noun)]
        if part_id not in ids:
            raise NotFound(_("It isn't in the draft any more."))
        now = ids.index(part_id)
        given = str(fields.get("to", ""))
        steps = {"up": now - 1, "down": now + 1}
        to = steps.get(given, int(given) if given.isdecimal() else now)
        drafts.move(operation, noun, part_id, max(0, to))
    return caller.go(f"/configuration/{noun}")
