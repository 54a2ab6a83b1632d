"""`dunwell key`: API keys, which machines show. A secret is printed once, when it is made."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunwell.cli import output
from dunwell.cli.options import Json

if TYPE_CHECKING:
    from dunwell.features.access.keys import Key

app = typer.Typer(help="Add, list, rotate and revoke API keys.", no_args_is_help=True)

KeyId = Annotated[int, typer.Argument(metavar="ID", help="Its number in `dunwell key list`.")]
Days = Annotated[int, typer.Option(min=1, max=730, metavar="N", help="How long it lives.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the machine is called.")],
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="PERMISSION", help="What it may do; may be repeated."),
    ] = None,
    brand: Annotated[
        list[str] | None,
        typer.Option("--brand", metavar="NAME", help="A brand that it sees; may be repeated."),
    ] = None,
    every_brand: Annotated[
        bool, typer.Option("--every-brand", help="It sees every brand.")
    ] = False,
    days: Days = 365,
    as_json: Json = False,
) -> None:
    """Make a key and print it, this once."""
    from dunwell.cli.user import perform
    from dunwell.features.access import keys

    if every_brand == bool(brand):
        raise typer.BadParameter("say which brands it sees: --brand NAME, or --every-brand")
    key, secret = perform(
        lambda op: keys.add(op, name, scope or (), None if every_brand else brand, days=days)
    )
    _tell(key, secret, as_json=as_json)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List every key, ended ones too."""
    from dunwell.cli.user import perform
    from dunwell.features.access import keys

    found = perform(lambda op: keys.every(op, limit=100_000))
    if as_json:
        output.answer({"keys": [_plain(key) for key in found]})
        return
    table = output.table("id", "name", "scopes", "brands", "until", "last used", "", right=["id"])
    for key in found:
        seen = "every brand" if key.brands is None else ", ".join(key.brands)
        used = f"{key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never"
        state = "" if key.active else "ended"
        until = f"{key.expires_at:%Y-%m-%d}"
        table.add_row(str(key.id), key.name, ", ".join(key.scopes), seen, until, used, state)
    output.show(table)


@app.command()
def rotate(
    key_id: KeyId,
    overlap: Annotated[
        int, typer.Option(min=0, max=720, metavar="HOURS", help="How long the old one still works.")
    ] = 24,
    days: Days = 365,
    as_json: Json = False,
) -> None:
    """Make a key's successor, with the same name, scopes and brands, and print it, this once."""
    from dunwell.cli.user import perform
    from dunwell.features.access import keys

    key, secret = perform(lambda op: keys.rotate(op, key_id, overlap_hours=overlap, days=days))
    _tell(key, secret, as_json=as_json)


@app.command()
def revoke(key_id: KeyId, as_json: Json = False) -> None:
    """End a key at once."""
    from dunwell.cli.user import perform
    from dunwell.features.access import keys

    key = perform(lambda op: keys.revoke(op, key_id))
    if as_json:
        output.answer(_plain(key))
    else:
        output.show(f"Key {key.id} ({key.name}) has ended.")


def _tell(key: "Key", secret: str, *, as_json: bool) -> None:
    if as_json:
        output.answer({**_plain(key), "secret": secret})
        return
    output.show(f"Key {key.id} ({key.name}) works until {key.expires_at:%Y-%m-%d}.")
    output.show(f"Shown this once: {secret}")


def _plain(key: "Key") -> dict[str, Any]:
    return asdict(key)
