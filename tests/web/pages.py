"""Every page: its address in the town, and the permission that it takes (none: whoever is known).

A noun adds its pages here; a page that is missing fails `test_pages.py`. `OPEN` needs nobody. In an
address, `{action}` is a task of Jennifer's, `{case}` its case (see `places`).
"""

from tests.world import World

from dunwell.features.access.actor import Permission
from dunwell.features.policy import parts

OPEN = frozenset(
    {"GET /login", "POST /login", "POST /preferences", "GET /static/{digest}/{path:path}"}
)

Needs = Permission | None

_B = "/bill-units/{number}"

WORK = Permission.WORK_ACTIONS

PAGES: dict[str, tuple[str, Needs]] = {
    "/tasks": ("/tasks?until=2026-12-31&waiting=true", WORK),
    "/tasks/{action}": ("/tasks/{action}", WORK),
    "/tasks/{action}/{verb}": ("/tasks/{action}/reschedule", WORK),
    "/tasks/to-dos/{to_do}": ("/tasks/to-dos/{to_do}", WORK),
    "/tasks/to-dos/{to_do}/{verb}": ("/tasks/to-dos/{to_do}/give", WORK),
    "/search": ("/search", Permission.VIEW),
    _B: ("/bill-units/B1", Permission.VIEW),
    **{
        f"{_B}/{part}": (f"/bill-units/B2/{part}", Permission.VIEW)
        for part in (
            *("bills", "payments", "letters", "promises", "group", "notes", "history"),
            *("services", "severances", "pay-plans", "to-dos", "contacts", "rating"),
        )
    },
    f"{_B}/explain": ("/bill-units/B7/explain?date=2026-03-12", Permission.VIEW),
    f"{_B}/do/{{name}}": ("/bill-units/B1/do/hold", Permission.MANAGE_CASES),
    "/credit-alerts": ("/credit-alerts?status=", Permission.VIEW),
    "/credit-alerts/{alert}": ("/credit-alerts/{alert}", Permission.VIEW),
    "/to-dos": ("/to-dos", Permission.VIEW),
    "/severances": ("/severances", Permission.VIEW),
    "/reports": ("/reports", None),
    "/experiments": ("/experiments", Permission.VIEW),
    "/experiments/{name}": ("/experiments/wait", Permission.VIEW),
    "/reports/{name}": ("/reports/ageing", Permission.READ_REPORTS),
    "/report-schedules": ("/report-schedules", Permission.READ_REPORTS),
    "/report-schedules/new": ("/report-schedules/new?report=ageing", Permission.READ_REPORTS),
    "/report-schedules/{schedule_id}": ("/report-schedules/1", Permission.READ_REPORTS),
    "/report-rows/{name}": (
        "/report-rows/promises?since=2026-01-01&until=2026-03-31",
        Permission.READ_REPORTS,
    ),
    "/manager": ("/manager?profile=default+USD&overdue_amount_from=10", Permission.ASSIGN),
    "/manager/workload": ("/manager/workload", Permission.ASSIGN),
    "/manager/nights": ("/manager/nights", Permission.VIEW),
    "/manager/nights/{run_id}": ("/manager/nights/1", Permission.VIEW),
    "/manager/failures": ("/manager/failures?type=late_fee", Permission.VIEW),
    "/manager/undelivered": ("/manager/undelivered", Permission.VIEW),
}
"""By route: an address of it that is there in the town, and the permission."""

_CONFIGURATION = "/configuration"
_LOW = parts.id_from("scenarios", ("default", "low"))
_REMINDER = f"{_CONFIGURATION}/templates/dunning/first-reminder"

PAGES |= {
    path: (address, Permission.CHANGE_POLICY)
    for path, address in {
        _CONFIGURATION: _CONFIGURATION,
        f"{_CONFIGURATION}/{{noun}}": f"{_CONFIGURATION}/scenarios",
        f"{_CONFIGURATION}/{{noun}}/new": f"{_CONFIGURATION}/actions/new?type=late_fee",
        f"{_CONFIGURATION}/{{noun}}/{{part_id}}": f"{_CONFIGURATION}/scenarios/{_LOW}",
        f"{_CONFIGURATION}/draft": f"{_CONFIGURATION}/draft",
        f"{_CONFIGURATION}/draft/impact": f"{_CONFIGURATION}/draft/impact",
        f"{_CONFIGURATION}/versions": f"{_CONFIGURATION}/versions",
        f"{_CONFIGURATION}/compare": f"{_CONFIGURATION}/compare?older=1&newer=2",
        f"{_CONFIGURATION}/templates": f"{_CONFIGURATION}/templates",
        f"{_CONFIGURATION}/templates/new": f"{_CONFIGURATION}/templates/new",
        f"{_CONFIGURATION}/templates/{{kind}}/{{name}}": f"{_REMINDER}?locale=en_US",
    }.items()
}
PAGES |= {
    path: (address, Permission.ADMINISTER)
    for path, address in {
        f"{_CONFIGURATION}/people": f"{_CONFIGURATION}/people",
        f"{_CONFIGURATION}/people/new": f"{_CONFIGURATION}/people/new",
        f"{_CONFIGURATION}/people/{{person_id}}": f"{_CONFIGURATION}/people/1",
    }.items()
}

FILES: dict[str, tuple[str, Permission, str]] = {
    f"{_CONFIGURATION}/versions/{{version_id}}": (
        f"{_CONFIGURATION}/versions/2",
        Permission.CHANGE_POLICY,
        "application/toml",
    ),
    f"{_CONFIGURATION}/templates/{{kind}}/{{name}}/preview": (
        f"{_REMINDER}/preview?locale=en_US",
        Permission.CHANGE_POLICY,
        "image/png",
    ),
}
"""What is no page: its address, the permission, and what it is."""

LEADS_ON = frozenset({"/", "/tasks/next", f"{_CONFIGURATION}/templates/{{part_id}}"})
"""Pages that only lead to others."""

DOCUMENTS = frozenset(
    {
        f"{_B}/letters/{{letter_id}}/document",
        "/customers/{account_no}/receipts/{bill_unit_no}/{receipt}",
    }
)
"""Files of somebody's that the town has none of."""

_C = "/customers/{account_no}"
PAGES |= {
    "/customers": ("/customers", Permission.VIEW),
    _C: ("/customers/A2", Permission.VIEW),
    **{
        f"{_C}/{part}": (f"/customers/A2/{part}", Permission.VIEW)
        for part in ("bills", "payments", "adjustments", "contacts", "timeline")
    },
    f"{_C}/do/{{name}}": ("/customers/A2/do/adjust?unit=B2", Permission.ADJUST),
    "/adjustments/{adjustment}": (
        "/adjustments/{request}",
        Permission.APPROVE_ADJUSTMENTS,
    ),
}

FORMS: dict[str, tuple[str, Needs]] = {
    "/customers": ("/customers", Permission.VIEW),
    f"{_C}/usage": ("/customers/A2/usage", Permission.VIEW),
    f"{_C}/do/{{name}}": ("/customers/A2/do/dispute?unit=B2", Permission.DISPUTE),
    "/adjustments/{adjustment}": ("/adjustments/{request}", Permission.APPROVE_ADJUSTMENTS),
    "/logout": ("/logout", None),
    "/to-dos/suspense/{entry_id}/assign": ("/to-dos/suspense/1/assign", Permission.TAKE_PAYMENT),
    "/to-dos/suspense/{entry_id}/hand": ("/to-dos/suspense/1/hand", Permission.TAKE_PAYMENT),
    "/to-dos/suspense/{entry_id}/forward": ("/to-dos/suspense/1/forward", Permission.TAKE_PAYMENT),
    "/to-dos/suspense/{entry_id}/dismiss": ("/to-dos/suspense/1/dismiss", Permission.TAKE_PAYMENT),
    "/search": ("/search", Permission.VIEW),
    "/manager": ("/manager", Permission.ASSIGN),
    "/manager/export": ("/manager/export", Permission.ASSIGN),
    "/manager/bulk": ("/manager/bulk", Permission.ASSIGN),
    "/manager/workload": ("/manager/workload", Permission.ASSIGN),
    "/manager/failures": ("/manager/failures", Permission.WORK_ACTIONS),
    "/manager/undelivered": ("/manager/undelivered", Permission.DELIVER),
    "/manager/undelivered/settle": ("/manager/undelivered/settle", Permission.DELIVER),
    "/manager/undelivered/events": ("/manager/undelivered/events", Permission.SUBSCRIBE),
    "/logout/everywhere": ("/logout/everywhere", None),
    "/report-schedules/new": ("/report-schedules/new", Permission.READ_REPORTS),
    "/report-schedules/{schedule_id}": ("/report-schedules/1", Permission.READ_REPORTS),
    "/report-schedules/{schedule_id}/{verb}": (
        "/report-schedules/1/pause",
        Permission.READ_REPORTS,
    ),
    "/tasks/{action}/{verb}": ("/tasks/{action}/complete", WORK),
    "/tasks/to-dos/{to_do}/{verb}": ("/tasks/to-dos/{to_do}/finish", WORK),
    f"{_B}/do/{{name}}": ("/bill-units/B1/do/stop", Permission.MANAGE_CASES),
}
"""By route of a POST: an address of it, and the permission."""

FORMS |= {
    f"/credit-alerts/{{alert}}/{verb}": (f"/credit-alerts/{{alert}}/{verb}", WORK)
    for verb in ("record", "assign", "close")
}
FORMS |= {
    f"{_CONFIGURATION}{path}": (f"{_CONFIGURATION}{address}", Permission.CHANGE_POLICY)
    for path, address in {
        "/{noun}": "/scenarios",
        "/templates/check": "/templates/check",
        "/{noun}/check": "/scenarios/check",
        "/{noun}/{part_id}": f"/scenarios/{_LOW}",
        "/{noun}/{part_id}/check": f"/scenarios/{_LOW}/check",
        "/{noun}/{part_id}/remove": f"/scenarios/{_LOW}/remove",
        "/{noun}/{part_id}/move": f"/scenarios/{_LOW}/move",
        "/draft/start": "/draft/start",
        "/draft/apply": "/draft/apply",
        "/draft/discard": "/draft/discard",
        "/draft/rebase": "/draft/rebase",
        "/versions/{version_id}/restore": "/versions/1/restore",
        "/templates/save": "/templates/save",
        "/templates/{kind}/{name}/remove": "/templates/dunning/first-reminder/remove",
    }.items()
}
FORMS |= {
    f"{_CONFIGURATION}/people{path}": (f"{_CONFIGURATION}/people{address}", Permission.ADMINISTER)
    for path, address in {
        "/new": "/new",
        "/{person_id}": "/1",
        "/{person_id}/password": "/1/password",
        "/{person_id}/disable": "/1/disable",
        "/{person_id}/enable": "/1/enable",
    }.items()
}


def places(world: World) -> dict[str, str]:
    """What stands in the addresses' braces."""
    case = world.newest_case("B2")
    ((to_do,),) = world.rows("select account_id || '-' || id from todo where status = 'open'")
    ((alert,),) = world.rows(
        "select account_id || '-' || id from credit_alert where their_id = '7'"
    )
    ((request,),) = world.rows("select account_id || '-' || id from adjustment")
    return {
        "action": world.actions("B2")["call"]["handle"],
        "alert": alert,
        "case": case["handle"],
        "to_do": to_do,
        "request": request,
    }
