"""Templates of letters and messages: listed, uploaded or edited, tried and previewed. They aren't
part of a draft: one that is loaded takes effect for the letters that are made from then on.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import StringConstraints
from starlette.datastructures import UploadFile

from dunwell.domain.errors import DunwellError, NotFound
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation
from dunwell.features.letters import service, templates
from dunwell.features.letters.engines import FORMATS
from dunwell.features.letters.templates import Template
from dunwell.web import forms, refusals
from dunwell.web.caller import Caller
from dunwell.web.configuration.desk import Owner, desk_of, page
from dunwell.web.forms import Form
from dunwell.web.languages import _

router = APIRouter(prefix="/configuration/templates")

Kind = Annotated[str, Path(pattern="^[a-z_]{1,40}$")]
Name = Annotated[str, Path(min_length=1, max_length=200)]
Locale = Annotated[str, Query(max_length=40)]
Brand = Annotated[str | None, Query(max_length=200)]

LARGEST = templates.LARGEST
SHOWN_AS = {"pdf": "png"}
"""A PDF is previewed as a picture: pages may hold no foreign documents."""


class Given(forms.Given):
    """A template as the form sends it."""

    kind: TemplateKind
    name: forms.Line
    locale: Annotated[str, StringConstraints(min_length=2, max_length=40)]
    made: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+ [a-z]+$")]
    """The engine and the format that it makes."""
    brand: forms.Line | None = None
    source: str = ""


@router.get("")
def list_templates(caller: Owner) -> Response:
    """Every template, those that come with Dunwell among them."""
    with caller.oversee() as operation:
        desk = desk_of(operation)
        found = templates.listed(operation)
    return page(caller, "templates", desk, "templates", templates=found)


@router.get("/new")
def new_template(caller: Owner) -> Response:
    """The form of a new template."""
    form = Form[Given]({"kind": "dunning", "locale": "en_US", "made": "typst pdf"})
    return _form(caller, form)


@router.get("/{kind}/{name}")
def show_template(
    kind: Kind, name: Name, caller: Owner, locale: Locale = "en_US", brand: Brand = None
) -> Response:
    """A template's source beside its preview."""
    with caller.oversee() as operation:
        found = templates.get(operation, kind, name, locale, brand)
        text = _text(operation, found)
    values = {
        "kind": found.kind,
        "name": found.name,
        "locale": found.locale,
        "brand": found.brand or "",
        "made": f"{found.engine} {found.format}",
        "source": found.source,
    }
    return _form(caller, Form[Given](values), found, text)


def _text(operation: Operation, template: Template) -> str | None:
    """What a template that makes text or HTML says; none for a PDF, which is a picture."""
    if template.format in SHOWN_AS:
        return None
    try:
        document = service.preview(operation, template, template.format)
    except DunwellError as failure:
        return refusals.told(failure.message)
    return document.content.decode("utf-8", "replace")


@router.get("/{kind}/{name}/preview")
def preview(
    kind: Kind, name: Name, caller: Owner, locale: Locale = "en_US", brand: Brand = None
) -> Response:
    """A template as it would be sent, with made-up data."""
    with caller.oversee() as operation:
        found = templates.get(operation, kind, name, locale, brand)
        shown_as = SHOWN_AS.get(found.format, found.format)
        document = service.preview(operation, found, shown_as)
    # what customers get may be HTML; as a page of ours it would run with our rights
    media = {"png": "image/png"}.get(shown_as, "text/plain; charset=utf-8")
    return Response(document.content, media_type=media)


async def _sent(request: Request) -> dict[str, Any]:
    """The fields, with the content of an uploaded file in the place of what was typed."""
    async with request.form(max_files=1, max_fields=20, max_part_size=2 * LARGEST) as sent:
        found: dict[str, Any] = {key: each for key, each in sent.items() if isinstance(each, str)}
        upload = sent.get("file")
        if isinstance(upload, UploadFile) and upload.filename:
            found["upload"] = await upload.read(LARGEST + 1)
    return {key: each for key, each in found.items() if each not in ("", b"")}


@router.post("/save")
async def save(request: Request, caller: Owner) -> Response:
    """Try a template with made-up data, and put it in place."""
    from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - only uploads need it

    return await run_in_threadpool(_save, caller, await _sent(request))


def _save(caller: Caller, sent: dict[str, Any]) -> Response:
    upload = sent.pop("upload", None)
    form = forms.read(Given, sent)
    if form.given is None:
        return _form(caller, form)
    given = form.given
    engine, made = given.made.split(" ")
    source = upload if upload is not None else given.source.encode("utf-8", "surrogatepass")
    if upload is not None:
        form.values["source"] = upload.decode("utf-8", "replace")
    try:
        with caller.oversee() as operation:
            lacking = templates.load(
                operation,
                kind=given.kind,
                name=given.name,
                locale=given.locale,
                engine=engine,
                form=made,
                source=source,
                brand=given.brand,
            )
            locale = templates.canonical(given.locale)
            found = templates.get(operation, given.kind, given.name, locale, given.brand)
    except DunwellError as failure:
        form.refuse(failure)
        return _form(caller, form)
    said = _("The template is in place.")
    flash = ("good", said) if lacking is None else ("warn", f"{said} {lacking}")
    return caller.go(address(found), flash=flash)


@router.post("/{kind}/{name}/remove")
def remove(
    kind: Kind, name: Name, caller: Owner, locale: Locale = "en_US", brand: Brand = None
) -> Response:
    """Remove a template, unless something names it."""
    try:
        with caller.oversee() as operation:
            found = templates.get(operation, kind, name, locale, brand)
            templates.delete(operation, kind, name, locale, brand)
    except NotFound:
        raise
    except DunwellError as failure:
        return caller.go(address(found), flash=("bad", refusals.told(failure.message)))
    return caller.go("/configuration/templates", flash=("good", _("The template is removed.")))


def address(template: Template, ending: str = "") -> str:
    """The page of a template."""
    from urllib.parse import quote, urlencode  # noqa: PLC0415

    query = {"locale": template.locale, **({"brand": template.brand} if template.brand else {})}
    path = f"/configuration/templates/{template.kind}/{quote(template.name, safe='')}{ending}"
    return f"{path}?{urlencode(query)}"


def _form(
    caller: Caller, form: Form[Given], template: Template | None = None, text: str | None = None
) -> Response:
    with caller.oversee() as operation:
        desk = desk_of(operation)
    return page(
        caller,
        "template",
        desk,
        "templates",
        status=form.status,
        form=form,
        found=template,
        text=text,
        address=address,
        kinds=[(each.value, each.value.replace("_", " ")) for each in TemplateKind],
        makes=[
            (f"{engine} {made}", f"{engine} → {made}")
            for engine, all_made in FORMATS.items()
            for made in all_made
        ],
        brands=[
            ("", _("all brands")),
            *((name, name) for name in sorted(desk.policy.brand_names())),
        ],
        largest=LARGEST,
    )
