"""A desk to load from: writes small files, loads them, and looks at what came of it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from dunwell.db.database import Database
from dunwell.features.receivables.load import FileReport, LoadReport, load

HEADERS = {
    "accounts": "account_no,name",
    "bill_units": "bill_unit_no,account_no,currency",
    "service_agreements": "service_agreement_no,bill_unit_no",
    "bills": "bill_no,bill_unit_no,issued_on,due_on,amount",
    "payments": "payment_no,bill_unit_no,paid_on,amount",
    "adjustments": "adjustment_no,bill_unit_no,made_on,amount",
    "budgets": "budget_no,bill_unit_no,amount,started_on",
    "exchange_rates": "source_currency,target_currency,valid_from,rate",
}


TABLES = (
    "account",
    "bill_unit",
    "bill",
    "item",
    "credit",
    "dispute",
    "service_agreement",
    "budget",
    "exchange_rate",
    "touched",
)


class Desk:
    """One installation with customer A1 (bill units U1 in USD and U2 in JPY) and A2 (U3 in KWD)."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.load("accounts", "A1,Ada", "A2,Bo")
        self.load("bill_units", "U1,A1,USD", "U2,A1,JPY", "U3,A2,KWD")
        self.forget_touched()

    def write(self, kind: str, *rows: str, header: str = "") -> Path:
        """A file with these rows; `header` names further columns."""
        path = self.folder / f"{kind}.csv"
        path.write_text("\n".join([HEADERS[kind] + header, *rows]) + "\n", encoding="utf-8")
        return path

    def report(self, kind: str, *rows: str, header: str = "", **options: Any) -> LoadReport:
        return load(self.database, [self.write(kind, *rows, header=header)], **options)

    def load(self, kind: str, *rows: str, header: str = "") -> FileReport:
        """Load rows that must all be good."""
        (file,) = self.report(kind, *rows, header=header).files
        assert file.rejects == ()
        return file

    def reasons(self, kind: str, *rows: str, header: str = "") -> list[tuple[int, str, str, str]]:
        """Load rows that are refused: line, column, value and reason of each reject."""
        report = self.report(kind, *rows, header=header)
        assert report.refused is not None
        return [
            (reject.line, reject.column, reject.value, reject.reason)
            for reject in report.files[0].rejects
        ]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.database.connect() as connection:
            return [
                tuple(
                    value.normalize() + 0 if isinstance(value, Decimal) else value for value in row
                )
                for row in connection.execute(query.encode())
            ]

    def run(self, statement: str) -> None:
        with self.database.connect() as connection:
            connection.execute(statement.encode())

    def items(self) -> list[tuple[Any, ...]]:
        """Kind, amount and open amount of each item, oldest first."""
        return self.rows("select kind, amount, open_amount from item order by kind, amount, id")

    def credits(self) -> list[tuple[Any, ...]]:
        return self.rows("select kind, amount, open_amount from credit order by kind, amount, id")

    def touched(self) -> list[str]:
        return [
            number
            for (number,) in self.rows(
                "select bill_unit_no from touched join bill_unit"
                " on bill_unit.account_id = touched.account_id"
                " and bill_unit.id = touched.bill_unit_id order by 1"
            )
        ]

    def forget_touched(self) -> None:
        self.run("delete from touched")

    def versions(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row version of the receivables: equal only if nothing at all was written."""
        return {
            table: self.rows(f"select xmin::text, ctid::text, * from {table} order by id")
            for table in TABLES
        }
