"""`dunwell pay-plan`: a bill unit's pay plans, and making, cancelling and denying one."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Annotated, Any

import typer

from dunwell.cli import output
from dunwell.cli.options import BillUnitArgument, Json

app = typer.Typer(
    help="Show, make, cancel and deny pay plans.",
    no_args_is_help=True,
)

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.", show_default=False)]
Day = Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE")]


@contextmanager
def _operation() -> Iterator[Any]:
    """The operator's transaction; whose debt it lets fall is relieved of severance."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.engine import relief
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.policy.today import business_date

    application = open_application(read_settings())
    width = application.settings.slice_width
    with application.database.connect() as connection:
        operation = Operation(connection, operator(), business_date(connection), width)
        yield operation
        relief.relieve(operation)


def _told(operation: Any, bill_unit_no: str, *, as_json: bool) -> None:
    from dunwell.features.pay_plans import queries

    plans = queries.pay_plans(operation, bill_unit_no)
    if as_json:
        output.answer({"pay_plans": [_plain(plan) for plan in plans]})
        return
    table = output.table("pay plan", "type", "status", "made on", "paid", "of", "next payment")
    for plan in plans:
        following = next((each for each in plan.payments if each.met_on is None), None)
        table.add_row(
            str(plan.handle),
            plan.type,
            plan.status,
            str(plan.made_on),
            output.money(str(plan.paid), plan.currency),
            output.money(str(plan.total), plan.currency),
            str(following.due_on) if following and plan.status == "active" else "",
        )
    output.show(table)


def _plain(plan: Any) -> dict[str, Any]:
    from dataclasses import asdict

    def text(value: Any) -> Any:
        match value:
            case dict():
                return {name: text(each) for name, each in value.items()}
            case list() | tuple():
                return [text(each) for each in value]
            case dt.date() | Decimal():
                return str(value)
            case _:
                return value

    return {**text(asdict(plan)), "handle": str(plan.handle)}


@app.command("list")
def list_(bill_unit_no: BillUnitArgument, as_json: Json = False) -> None:
    """List the pay plans of a bill unit, the newest first."""
    with _operation() as operation:
        _told(operation, bill_unit_no, as_json=as_json)


@app.command()
def make(
    bill_unit_no: BillUnitArgument,
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="One of the policy's types.")],
    total: Annotated[str, typer.Option(metavar="AMOUNT", help="What is to be paid in all.")],
    first_on: Day,
    reason: Reason,
    number: Annotated[int, typer.Option(min=1, metavar="N", help="In so many payments.")] = 1,
    every_months: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="So many months apart.")
    ] = None,
    every_days: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="So many days apart.")
    ] = None,
    payer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who pays, for a third party's type.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a pay plan of equal payments."""
    from dunwell.domain.errors import BadInput
    from dunwell.features.pay_plans import service
    from dunwell.features.pay_plans.rules import Terms

    try:
        amount = Decimal(total)
    except ArithmeticError as failure:
        raise BadInput(f"{total!r} is no amount; write digits, such as 120.50.") from failure
    if not amount.is_finite():
        raise BadInput(f"{total!r} is no amount; write digits, such as 120.50.")
    terms = Terms(amount, number, first_on.date(), every_days, every_months)
    with _operation() as operation:
        service.make(operation, bill_unit_no, kind, terms, payer=payer, reason=reason)
        _told(operation, bill_unit_no, as_json=as_json)


@app.command()
def cancel(
    bill_unit_no: BillUnitArgument,
    plan: Annotated[str, typer.Argument(metavar="PAY_PLAN", show_default=False)],
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Cancel an active pay plan; from today on it insulates nothing."""
    from dunwell.features.pay_plans import service

    with _operation() as operation:
        service.cancel(operation, bill_unit_no, plan, reason=reason)
        _told(operation, bill_unit_no, as_json=as_json)


@app.command()
def deny(bill_unit_no: BillUnitArgument, reason: Reason, as_json: Json = False) -> None:
    """Deny a pay plan; the denial is recorded as a customer contact."""
    from dunwell.features.pay_plans import service

    with _operation() as operation:
        contact = service.deny(operation, bill_unit_no, reason=reason)
    if as_json:
        output.answer({"contact": str(contact.handle)})
    else:
        output.show(f"The denial is recorded as the contact {contact.handle}.")
