"""Templates of letters and messages: listed, uploaded or edited, tried while one types, previewed.
What is saved goes into the draft and counts when that is applied.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import StringConstraints
from starlette.datastructures import UploadFile

from dunwell.domain.errors import DunwellError, NotFound, Stale
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation
from dunwell.features.letters import changing, service, templates
from dunwell.features.letters.engines import FORMATS
from dunwell.features.letters.templates import Template
from dunwell.features.policy import drafts, parts
from dunwell.features.policy.drafts import Kept
from dunwell.features.policy.model import Policy
from dunwell.web import forms, refusals
from dunwell.web.caller import Caller
from dunwell.web.configuration import words
from dunwell.web.configuration.desk import Owner, PartId, desk_of, page
from dunwell.web.configuration.form_page import NO_DRAFT
from dunwell.web.forms import Fields, Form
from dunwell.web.languages import _

router = APIRouter(prefix="/configuration/templates")

Kind = Annotated[str, Path(pattern="^[a-z_]{1,40}$")]
Name = Annotated[str, Path(min_length=1, max_length=200)]
Locale = Annotated[str, Query(max_length=40)]
Brand = Annotated[str | None, Query(max_length=200)]

LARGEST = changing.LARGEST
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
    version: int | None = None

    def template(self, upload: bytes | None) -> changing.Given:
        """As the service takes it; an uploaded file takes the place of what was typed."""
        engine, made = self.made.split(" ")
        source = self.source.encode("utf-8", "surrogatepass") if upload is None else upload
        return changing.Given(self.kind, self.name, self.locale, engine, made, source, self.brand)


@router.get("")
def list_templates(caller: Owner) -> Response:
    """Every template of the draft, those that come with Dunwell among them."""
    with caller.oversee() as operation:
        desk = desk_of(operation)
        found = templates.of_policy(operation, desk.policy)
    rows = [(templates.part_id(each), each) for each in found]
    return page(caller, "templates", desk, "templates", rows=rows, address=address)


@router.get("/new")
def new_template(caller: Owner) -> Response:
    """The form of a new template."""
    form = Form[Given]({"kind": "dunning", "locale": "en_US", "made": "typst pdf"})
    return _form(caller, form)


@router.get("/{part_id}")
def find_template(part_id: PartId, caller: Owner) -> Response:
    """The page of a template that the draft names by its id."""
    with caller.oversee() as operation:
        policy = desk_of(operation).policy
        parts.find(policy, "templates", part_id)
        found = templates.of_policy(operation, policy)
    return caller.go(next(address(each) for each in found if templates.part_id(each) == part_id))


@router.get("/{kind}/{name}")
def show_template(
    kind: Kind, name: Name, caller: Owner, locale: Locale = "en_US", brand: Brand = None
) -> Response:
    """A template's source beside its preview, as the draft has it."""
    with caller.oversee() as operation:
        found = _find(operation, kind, name, locale, brand)
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


def _find(operation: Operation, kind: str, name: str, locale: str, brand: str | None) -> Template:
    """A template of the draft, or of the policy in force."""
    found = templates.of_policy(operation, desk_of(operation).policy)
    return templates.choose(found, kind, name, locale, brand)


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
        found = _find(operation, kind, name, locale, brand)
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


@router.post("/check")
def check(caller: Owner, fields: Fields) -> Response:
    """What is wrong with a template as it is typed."""
    form = forms.read(Given, fields)
    errors = dict(form.errors)
    if form.given is not None and form.given.source:
        with caller.oversee() as operation:
            said = changing.examine(operation, form.given.template(None))
        if said is not None:
            errors["source"] = refusals.told(said)
    return caller.page(
        "configuration/checked.html", errors=errors, names=["name", "locale", "source"], noun=""
    )


@router.post("/save")
async def save(request: Request, caller: Owner) -> Response:
    """Try a template with made-up data, and put it into the draft."""
    from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - only uploads need it

    return await run_in_threadpool(_save, caller, await _sent(request))


def _save(caller: Caller, sent: dict[str, Any]) -> Response:
    upload = sent.pop("upload", None)
    form = forms.read(Given, sent)
    if upload is not None:
        form.values["source"] = upload.decode("utf-8", "replace")
    if given := form.given:
        with form.refusing():
            try:
                with caller.oversee() as operation:
                    found, lacking = changing.stage(
                        operation, given.template(upload), version=given.version
                    )
            except Stale:
                form.values.pop("version", None)
                raise
    if form.given is None:
        return _form(caller, form)
    said = _("Saved in your draft.")
    flash = ("good", said) if lacking is None else ("warn", f"{said} {refusals.told(lacking)}")
    return caller.go(address(found), flash=flash)


@router.post("/{kind}/{name}/remove")
def remove(
    kind: Kind, name: Name, caller: Owner, locale: Locale = "en_US", brand: Brand = None
) -> Response:
    """Take a template out of the draft, unless something names it."""
    try:
        with caller.oversee() as operation:
            found = _find(operation, kind, name, locale, brand)
            changing.unstage(operation, found)
    except NotFound:
        raise
    except DunwellError as failure:
        return caller.go(address(found), flash=("bad", refusals.told(failure.message)))
    return caller.go("/configuration/templates", flash=("good", _("Taken out of your draft.")))


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
        kept = _kept(operation, desk.policy, template) if template else None
    return page(
        caller,
        "template",
        desk,
        "templates",
        status=form.status,
        form=form,
        found=template,
        text=text,
        kept=kept,
        version=form.values.get("version", desk.draft.version if desk.draft else NO_DRAFT),
        changed=template is not None and desk.is_changed("templates", templates.part_id(template)),
        address=address,
        kinds=[(each.value, words.choice(each.value)) for each in TemplateKind],
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


def _kept(operation: Operation, policy: Policy, template: Template) -> str | Kept | None:
    """Why the template can't be taken out of the draft; none if it can."""
    if template.shipped:
        return _("this one comes with Dunwell; what you save under its name replaces it")
    part = parts.find(policy, "templates", templates.part_id(template))
    return drafts.kept_by(operation, policy, "templates", part)
