"""Templates: one environment for all pages, with the texts, formats and words that they use.

`page` answers with a whole page; a request of htmx that names a block gets only that block, and the
messages beside it. Everything is escaped unless a template says otherwise, and none does.
"""

import base64
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2_fragments import render_block

from dunwell.features.access.sessions import Identity
from dunwell.web import alerts, assets, formats, guard, languages, refusals, sections, using, words
from dunwell.web.reports import words as report_words

FLASH = "dunwell_flash"
LONGEST_FLASH = 500


@cache
def environment() -> Environment:
    """The templates, with what they may call."""
    found = Environment(
        loader=PackageLoader("dunwell.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # the extension has added it to the environment
    found.install_gettext_callables(languages._, languages.ngettext, newstyle=True)  # type: ignore[attr-defined]
    found.globals.update(
        asset=assets.address,
        amount_parts=formats.amount,
        number=formats.number,
        date_text=formats.date,
        day_text=formats.day,
        month_text=formats.month,
        moment_text=formats.moment,
        EMPTY=formats.EMPTY,
        refused=refusals.told,
        fact=words.fact,
        word=words.word,
        task_name=words.task,
        report_cell=report_words.cell,
        tone=words.tone,
        criterion=words.criterion,
        language=lambda: languages.locale().language,
        locale_tag=lambda: str(languages.locale()).replace("_", "-"),
        languages=languages.NAMES,
        themes=guard.THEMES,
        bill_unit_path=bill_unit_path,
        customer_path=customer_path,
        to_do_path=to_do_path,
        alert_detail=alerts.detail,
        alert_leads_to=alerts.LEADS_TO,
        alert_tones=alerts.TONES,
    )
    # for whole pages and for parts of them alike
    found.globals["ui"] = found.get_template("macros.html").module
    found.tests["warned"] = lambda said: isinstance(said, refusals.Warned)
    found.filters["decimal"] = Decimal
    found.filters["permission"] = words.permission
    return found


def bill_unit_path(number: str) -> str:
    """The address of a bill unit's page."""
    return f"/bill-units/{quote(number, safe='')}"


def customer_path(account_no: str) -> str:
    """The address of a customer's page."""
    return f"/customers/{quote(account_no, safe='')}"


def to_do_path(leads_to: str, number: str, account_no: str) -> str:
    """What a to-do is about: the customer, or a part of the bill unit's page, at whose beginning
    the case stands.
    """
    if leads_to == "account":
        return customer_path(account_no)
    return bill_unit_path(number) + _LEADS_TO.get(leads_to, "")


_LEADS_TO = {
    "pay_plan": "/pay-plans",
    "payments": "/payments",
    "contacts": "/contacts",
    "severance": "/severances",
}


def is_partial(request: Request) -> bool:
    """Whether htmx asks for a part of the page that it shows; a page may select from that part."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in headers


def page(
    request: Request,
    template: str,
    *,
    block: str | None = None,
    status: int = 200,
    flash: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page, or for htmx only its block; `flash` is a tone (good, bad) and a message."""
    kept = _flash(request)
    context = {**_surroundings(request), "flash": flash or kept, **values}
    partial = block is not None and is_partial(request)
    if partial:
        assert block is not None
        text = render_block(environment(), template, block, context)
        if context["flash"]:
            text += environment().get_template("flash.html").render(context)
    else:
        text = environment().get_template(template).render(context)
    answer = HTMLResponse(text, status, headers)
    answer.headers["Vary"] = "HX-Request"
    if kept:
        answer.delete_cookie(FLASH)
    return answer


def flash_later(answer: Any, tone: str, message: str) -> None:
    """Show the message on the next page; for answers that lead to another one."""
    text = json.dumps([tone, message[:LONGEST_FLASH]])
    answer.set_cookie(
        FLASH,
        base64.urlsafe_b64encode(text.encode()).decode(),
        max_age=60,
        httponly=True,
        samesite="lax",
    )


def _flash(request: Request) -> tuple[str, str] | None:
    try:
        tone, message = json.loads(base64.urlsafe_b64decode(request.cookies.get(FLASH, "")))
    except (ValueError, TypeError, RecursionError):
        return None
    return str(tone), str(message)


def _surroundings(request: Request) -> dict[str, Any]:
    """What every page shows around its own: who looks, and where they may go."""
    identity: Identity | None = getattr(request.state, "identity", None)
    actor = identity.actor if identity else None
    path = request.url.path
    shown = (
        sections.shown(actor, request.app.state.paths, using.known(request.app)) if actor else []
    )
    return {
        "me": actor,
        "roles": identity.roles if identity else (),
        "may": (lambda permission: permission in actor.permissions) if actor else (lambda _: False),
        "theme": request.state.theme,
        "path": path,
        "here": path + ("?" + request.url.query if request.url.query else ""),
        "sections": shown,
        "current_section": sections.current(shown, path),
    }
