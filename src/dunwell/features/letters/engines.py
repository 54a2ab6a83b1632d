"""The three engines. They run in the rendering process only (`worker`), as templates are people's
work: data are never code, nothing is read or fetched, and what a template lacks is an error.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

LARGEST = 10_000_000
"""Bytes of a rendered document."""

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "html": "text/html",
    "text": "text/plain",
}

FONTS = ("manimgx_fonts", "manimgx_fonts_cjk")
"""Packages with the Noto fonts: a name may be in any script."""


class TemplateFault(Exception):
    """The template, with these data, makes no document: why, and in which line."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Document:
    """What a template made; the subject is for e-mail, empty if the template has none."""

    content: bytes
    media_type: str
    subject: str = ""


def render(engine: str, form: str, source: str, told: Mapping[str, Any]) -> Document:
    """Render one template with its fields. Raises TemplateFault."""
    document = _ENGINES[engine](source, told, form)
    if len(document.content) > LARGEST:
        raise TemplateFault(f"the document is larger than {LARGEST:,} bytes")
    return document


# ---- typst --------------------------------------------------------------------------------------


@cache
def _typst() -> Any:
    import typst  # noqa: PLC0415 - each engine is loaded when it is first used

    folders = [
        folder
        for name in FONTS
        if (spec := find_spec(name)) is not None
        for folder in spec.submodule_search_locations or ()
    ]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[Path(each) for each in folders])
    nowhere = "/nonexistent"
    return typst.Compiler(
        # what a template can import or read: the shared layout and the shipped templates
        root=str(files("dunwell.features.letters") / "shipped"),
        font_paths=fonts,
        package_path=nowhere,
        package_cache_path=nowhere,
    )


def _render_typst(source: str, told: Mapping[str, Any], form: str) -> Document:
    import json  # noqa: PLC0415

    import typst  # noqa: PLC0415

    made = dt.datetime.fromisoformat(told["business_date"]).replace(tzinfo=dt.UTC)
    options: dict[str, Any] = (
        # an accessible PDF, in which a sign without a glyph is an error; the same at any time
        {"pdf_standards": ["ua-1"], "timestamp": int(made.timestamp())} if form == "pdf" else {}
    )
    try:
        made_of = _typst().compile(
            input=source.encode(),
            format=form,
            sys_inputs={"data": json.dumps(told, default=str)},
            **options,
        )
    except typst.TypstError as failure:
        raise TemplateFault(_typst_reason(failure), _typst_line(failure)) from failure
    content = made_of[0] if isinstance(made_of, list) else made_of
    return Document(content, MEDIA_TYPES[form])


def _typst_reason(failure: Any) -> str:
    reason = str(failure.message)
    if missing := re.search(r'does not contain key "(.*)"', reason):
        return f"there is no field {missing[1]!r}"
    if "package" in reason:
        return "packages can't be imported"
    if "file not found" in reason or "escape the project root" in reason:
        return "only /layout.typ and the shipped templates can be read"
    return reason


def _typst_line(failure: Any) -> int | None:
    """The line in the template, also if the error arose in what it imports."""
    places = re.findall(r"__typst_py_bytes__\.typ:(\d+):", failure.diagnostic or "")
    return int(places[-1]) if places else None


# ---- jinja2 -------------------------------------------------------------------------------------


@cache
def _jinja(form: str) -> Any:
    from dunwell.features.letters.jinja import environment  # noqa: PLC0415

    return environment(html=form == "html")


def _render_jinja(source: str, told: Mapping[str, Any], form: str) -> Document:
    from jinja2 import TemplateSyntaxError, UndefinedError  # noqa: PLC0415

    try:
        template = _jinja(form).from_string(source)
    except TemplateSyntaxError as failure:
        raise TemplateFault(failure.message or "not a template", failure.lineno) from failure
    try:
        module = template.make_module(dict(told))
        text = str(module)
    except UndefinedError as failure:
        field = re.search(r"attribute '(.*)'$|^'(.*)' is undefined", failure.message or "")
        name = next((each for each in field.groups() if each), "") if field else ""
        reason = f"there is no field {name!r}" if name else str(failure.message)
        raise TemplateFault(reason, _jinja_line(template, failure)) from failure
    except MemoryError:
        raise
    except Exception as failure:
        raise TemplateFault(f"{failure}", _jinja_line(template, failure)) from failure
    subject = str(getattr(module, "subject", "")) or (_title(text) if form == "html" else "")
    return Document(text.encode(), MEDIA_TYPES[form], _one_line(subject))


def _jinja_line(template: Any, failure: Exception) -> int | None:
    line, trace = None, failure.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line


def _title(html: str) -> str:
    from lxml import html as parser  # noqa: PLC0415

    return str(parser.document_fromstring(html).findtext(".//title") or "") if html.strip() else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


# ---- xslt ---------------------------------------------------------------------------------------


def _render_xslt(source: str, told: Mapping[str, Any], form: str) -> Document:
    from dunwell.features.letters import stylesheet  # noqa: PLC0415

    try:
        text = stylesheet.transform(source, told)
    except stylesheet.Fault as fault:
        raise TemplateFault(fault.message, fault.line) from fault
    subject = _title(text) if form == "html" else ""
    return Document(text.encode(), MEDIA_TYPES[form], _one_line(subject))


_ENGINES = {"typst": _render_typst, "jinja2": _render_jinja, "xslt": _render_xslt}

FORMATS = {"typst": ("pdf",), "jinja2": ("html", "text"), "xslt": ("html", "text")}
"""What each engine can make of a stored template."""
