"""`dunwell template`: load, list, show, preview and delete the templates of letters."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Json

if TYPE_CHECKING:
    from dunwell.features.access.actor import Operation

app = typer.Typer(
    help="Load, list, show, preview and delete letter templates.", no_args_is_help=True
)

Named = Annotated[
    str,
    typer.Option("--name", metavar="NAME", help="The name that actions use.", show_default=False),
]
Kind = Annotated[
    str,
    typer.Option("--kind", metavar="KIND", help="dunning, invoice_reminder or email_body."),
]
Locale = Annotated[str, typer.Option("--locale", metavar="LOCALE", help="Language and country.")]
Brand = Annotated[
    str | None,
    typer.Option(
        "--brand", metavar="BRAND", help="Only for this brand.", show_default="all brands"
    ),
]

Note = Annotated[str, typer.Option(help="Why, for those who read the policy's versions.")]

_BY_ENDING = {
    ".typ": ("typst", "pdf"),
    ".xsl": ("xslt", "html"),
    ".xslt": ("xslt", "html"),
    ".xml": ("xslt", "html"),
    ".html": ("jinja2", "html"),
    ".txt": ("jinja2", "text"),
}


def _operation(connection: object) -> "Operation":
    from dunwell.features.access.actor import Operation, operator

    return Operation(connection, operator(), datetime.now(UTC).date())  # type: ignore[arg-type]


@app.command()
def load(
    path: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    name: Named,
    kind: Kind = "dunning",
    locale: Locale = "en_US",
    brand: Brand = None,
    engine: Annotated[
        str,
        typer.Option(
            metavar="ENGINE", help="typst, jinja2 or xslt.", show_default="by the file's ending"
        ),
    ] = "",
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", help="pdf, html or text.", show_default="by the engine"
        ),
    ] = "",
    note: Note = "",
    as_json: Json = False,
) -> None:
    """Put a template in place, or in the place of one with the same brand, kind, name and locale.

    It is tried with made-up data first; one that can't be rendered is refused. It counts at once,
    as a version of the policy that changes nothing else.
    """
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.domain.errors import BadFile, BadInput
    from dunwell.features.letters import changing, engines

    try:
        source = path.read_bytes()
    except OSError as failure:
        raise BadFile(f"The template {path} can't be read ({failure}).") from failure
    by_ending = _BY_ENDING.get(path.suffix.lower(), ("", ""))
    engine = engine or by_ending[0]
    if not engine:
        raise BadInput(f"{path}: its ending doesn't tell the engine; say --engine.")
    form = form or (by_ending[1] if by_ending[0] == engine else "")
    form = form or engines.FORMATS.get(engine, ("",))[0]
    with open_application(read_settings()).database.connect() as connection:
        lacking = changing.load(
            _operation(connection),
            changing.Given(kind, name, locale, engine, form, source, brand),
            note=note,
        )
    if lacking:
        output.say(f"{lacking}; a plug-in has to bring it.", style="yellow")
    if as_json:
        output.answer(
            {"kind": kind, "name": name, "locale": locale, "brand": brand, "lacks": lacking}
        )
    else:
        output.show(f"The template {name} ({kind}, {locale}) is in place.")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Show all templates, with those that come with Dunwell."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.letters import templates

    with open_application(read_settings()).database.connect() as connection:
        found = templates.listed(_operation(connection))
    if as_json:
        names = ("kind", "name", "locale", "brand", "engine", "format", "sha256")
        output.answer(
            {
                "templates": [
                    {**{name: getattr(each, name) for name in names}, "shipped": each.shipped}
                    for each in found
                ]
            }
        )
        return
    table = output.table("kind", "name", "locale", "brand", "engine", "format", "from")
    for each in found:
        table.add_row(
            output.words(each.kind),
            each.name,
            each.locale,
            each.brand or "all",
            each.engine,
            each.format,
            "Dunwell" if each.shipped else "you",
        )
    output.show(table)


@app.command()
def show(
    name: Named, kind: Kind = "dunning", locale: Locale = "en_US", brand: Brand = None
) -> None:
    """Print a template's source, to begin one of your own with."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.letters import templates

    with open_application(read_settings()).database.connect() as connection:
        template = templates.get(_operation(connection), kind, name, locale, brand)
    output.show(template.source.rstrip("\n"))


@app.command()
def preview(
    name: Named,
    path: Annotated[
        Path,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Where to; .png shows a PDF's first page.",
            show_default=False,
        ),
    ],
    kind: Kind = "dunning",
    locale: Locale = "en_US",
    brand: Brand = None,
    bill_unit_no: Annotated[
        str | None,
        typer.Option(
            "--bill-unit",
            metavar="NO",
            help="With the data of this bill unit's last letter.",
            show_default="made-up data",
        ),
    ] = None,
) -> None:
    """Render a template as it would be sent: to PDF, PNG, HTML or text, by the file's ending."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.letters import service, templates

    form = {".txt": "text"}.get(path.suffix.lower(), path.suffix.lower().lstrip("."))
    with open_application(read_settings()).database.connect() as connection:
        operation = _operation(connection)
        template = templates.get(operation, kind, name, locale, brand)
        document = service.preview(operation, template, form, bill_unit_no)
    path.write_bytes(document.content)
    output.say(f"The preview is in {path}.")


@app.command()
def delete(
    name: Named,
    kind: Kind = "dunning",
    locale: Locale = "en_US",
    brand: Brand = None,
    note: Note = "",
    as_json: Json = False,
) -> None:
    """Delete a template; refused while an action or a setting names it."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.letters import changing

    with open_application(read_settings()).database.connect() as connection:
        changing.delete(_operation(connection), kind, name, locale, brand, note=note)
    if as_json:
        output.answer({"deleted": True})
    else:
        output.show(f"The template {name} ({kind}, {locale}) is gone.")
