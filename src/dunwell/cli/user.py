"""`dunwell user`: people who may come in. The first administrator is made here.

A password is typed, read from standard input, or generated and printed once; it never stands in an
argument, where other users of the machine could read it.
"""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunwell.cli import output
from dunwell.cli.options import Json

if TYPE_CHECKING:
    from dunwell.features.access.people import Person, Rights

app = typer.Typer(help="Add, list, change and disable people.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="Their login, best an e-mail address.")]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        help="agent, manager, policy_owner, service_rep, operator or administrator;"
        " may be repeated.",
    ),
]
Brands = Annotated[
    list[str] | None,
    typer.Option("--brand", metavar="NAME", help="A brand that they see; may be repeated."),
]
EveryBrand = Annotated[bool, typer.Option("--every-brand", help="They see every brand.")]
Granted = Annotated[
    list[str] | None,
    typer.Option("--grant", metavar="PERMISSION", help="A permission beyond the roles'."),
]
Denied = Annotated[
    list[str] | None,
    typer.Option("--deny", metavar="PERMISSION", help="A permission in spite of the roles'."),
]
Reason = Annotated[str, typer.Option(help="Why; it is kept in the log.")]
Agent = Annotated[
    str | None, typer.Option("--agent", metavar="NAME", help="Their name on task lists.")
]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Generate = Annotated[
    bool, typer.Option("--generate", help="Generate a password and print it, this once.")
]


@app.command()
def add(
    login: Login,
    name: Annotated[str | None, typer.Option(help="Their name.", show_default="the login")] = None,
    role: Roles = None,
    brand: Brands = None,
    every_brand: EveryBrand = False,
    grant: Granted = None,
    deny: Denied = None,
    agent: Agent = None,
    reason: Reason = "",
    password_stdin: PasswordStdin = False,
    generate: Generate = False,
    sso_only: Annotated[
        bool, typer.Option("--sso-only", help="No password: they come through single sign-on.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a person; the password is asked for, unless an option says otherwise."""
    from dunwell.features.access import people

    rights = _rights(role, brand, grant, deny, agent, every_brand=every_brand)
    password = None if sso_only else _password(stdin=password_stdin, generate=generate)
    person = perform(
        lambda operation: people.add(
            operation, login, name or login, rights, password=password, reason=reason
        )
    )
    _tell(person, as_json=as_json, done="added", generated=password if generate else None)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List everybody."""
    from dunwell.features.access import people

    found = perform(lambda operation: people.everybody(operation, limit=100_000))
    if as_json:
        output.answer({"people": [asdict(person) for person in found]})
        return
    table = output.table("login", "name", "roles", "brands", "agent", "")
    for person in found:
        seen = "every brand" if person.brands is None else ", ".join(person.brands)
        state = "disabled" if person.disabled else "" if person.has_password else "single sign-on"
        roles = ", ".join(map(output.words, person.roles))
        table.add_row(person.login, person.name, roles, seen, person.agent or "", state)
    output.show(table)


@app.command()
def change(
    login: Login,
    name: Annotated[str | None, typer.Option(help="Their name.")] = None,
    role: Roles = None,
    brand: Brands = None,
    every_brand: EveryBrand = False,
    grant: Granted = None,
    deny: Denied = None,
    agent: Agent = None,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Change a person's name or rights: what is given replaces what they had, the rest stays."""
    from dunwell.features.access import people
    from dunwell.features.access.people import Rights

    def verb(operation: Any) -> "Person":
        before = people.find(operation, login)
        brands = None if every_brand else brand or before.brands
        return people.change(
            operation,
            before.id,
            name=name,
            reason=reason,
            rights=Rights(
                roles=before.roles if role is None else role,
                brands=brands,
                granted=before.granted if grant is None else grant,
                denied=before.denied if deny is None else deny,
                agent=before.agent if agent is None else agent,
            ),
        )

    _tell(perform(verb), as_json=as_json, done="changed")


@app.command()
def disable(login: Login, reason: Reason = "", as_json: Json = False) -> None:
    """Keep a person out from now on; their sessions end."""
    from dunwell.features.access import people

    person = perform(lambda op: people.disable(op, people.find(op, login).id, reason=reason))
    _tell(person, as_json=as_json, done="disabled")


@app.command()
def enable(login: Login, reason: Reason = "", as_json: Json = False) -> None:
    """Let a person in again; failed logins are forgotten."""
    from dunwell.features.access import people

    person = perform(lambda op: people.enable(op, people.find(op, login).id, reason=reason))
    _tell(person, as_json=as_json, done="enabled")


@app.command()
def password(
    login: Login,
    reason: Reason = "",
    password_stdin: PasswordStdin = False,
    generate: Generate = False,
    as_json: Json = False,
) -> None:
    """Give a person another password; their sessions end."""
    from dunwell.features.access import people

    new = _password(stdin=password_stdin, generate=generate)
    person = perform(
        lambda op: people.set_password(op, people.find(op, login).id, new, reason=reason)
    )
    _tell(person, as_json=as_json, done="given a new password", generated=new if generate else None)


@app.command()
def history(login: Login, as_json: Json = False) -> None:
    """What was done to a person, by whom and why, and what it gave or took; the newest first."""
    from dunwell.features.access import people, people_history

    found = perform(lambda op: people_history.history(op, people.find(op, login).id))
    if as_json:
        output.answer({"history": [asdict(step) for step in found]})
        return
    table = output.table("when", "by", "what", "why", "before → after")
    for step in found:
        told = (f"{each.name}: {each.before} → {each.after}" for each in step.differences)
        when = f"{step.at:%Y-%m-%d %H:%M}"
        table.add_row(when, step.actor, output.words(step.kind), step.reason or "", "\n".join(told))
    output.show(table)


def _password(*, stdin: bool, generate: bool) -> str:
    if stdin and generate:
        raise typer.BadParameter("give --password-stdin or --generate, not both")
    if generate:
        from dunwell.features.access import secrets

        return secrets.new_password()
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody is there to type a password; say --password-stdin")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _rights(
    role: list[str] | None,
    brand: list[str] | None,
    grant: list[str] | None,
    deny: list[str] | None,
    agent: str | None,
    *,
    every_brand: bool,
) -> "Rights":
    from dunwell.features.access.people import Rights

    if every_brand == bool(brand):
        raise typer.BadParameter("say which brands they see: --brand NAME, or --every-brand")
    return Rights(role or (), None if every_brand else brand, grant or (), deny or (), agent)


def perform(verb: Any) -> Any:
    """One verb in a transaction of its own, by the installation's operator."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.policy.today import business_date

    with open_application(read_settings()).database.connect() as connection:
        return verb(Operation(connection, operator(), business_date(connection)))


def _tell(person: "Person", *, as_json: bool, done: str, generated: str | None = None) -> None:
    if as_json:
        secret = {} if generated is None else {"password": generated}
        output.answer({**asdict(person), **secret})
        return
    output.show(f"{person.login} is {done}.")
    if generated is not None:
        output.show(f"Password, shown this once: {generated}")
