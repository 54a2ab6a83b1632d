"""Accounts and bill units, and what holds for every kind of file."""

import csv
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from tests.features.receivables.desk import HEADERS, Desk

from dunwell.db.database import Database
from dunwell.features.receivables.kinds_reference import reference
from dunwell.features.receivables.load import load

D = Decimal


def test_a_folder_is_loaded_in_the_order_of_what_depends_on_what(
    database: Database, tmp_path: Path
):
    (tmp_path / "accounts.csv").write_text("account_no,name\nA1,Ada\n", encoding="utf-8")
    (tmp_path / "bill_units_north.csv").write_text(
        "bill_unit_no,account_no,currency\nU1,A1,USD\n", encoding="utf-8"
    )
    (tmp_path / "bills_2026-01.csv").write_text(
        "bill_no,bill_unit_no,issued_on,due_on,amount\nB1,U1,2026-01-01,2026-01-31,1\n",
        encoding="utf-8",
    )
    (tmp_path / "notes.txt").write_text("not a load file", encoding="utf-8")
    report = load(database, [tmp_path])
    assert [(file.kind, file.created) for file in report.files] == [
        ("accounts", 1),
        ("bill_units", 1),
        ("bills", 1),
    ]
    assert report.complete
    with database.connect() as connection:
        assert connection.execute("select name from profile where is_default").fetchall() == [
            ("default USD",)
        ]


def test_absent_columns_keep_values_and_empty_cells_clear_them(desk: Desk):
    look = (
        "select name, email, status, credit_score, attributes from account where account_no = 'A1'"
    )
    header = ",email,status,credit_score,attr.tier,attr.vip"
    desk.load("accounts", "A1,Ада,a@example.org,dormant,700,gold,yes", header=header)
    desk.load("accounts", "A1,Ада Љ")
    gold = {"tier": "gold", "vip": "yes"}
    assert desk.rows(look) == [("Ада Љ", "a@example.org", "dormant", 700, gold)]
    desk.load("accounts", "A1,愛,,,,", header=",email,status,credit_score,attr.tier")
    assert desk.rows(look) == [("愛", None, "active", None, {"vip": "yes"})]
    assert desk.touched() == ["U1", "U1", "U1", "U2", "U2", "U2"]


def test_loading_the_same_customers_twice_writes_nothing(desk: Desk):
    header = ",pay_type,delivery,attr.line"
    desk.load("bill_units", "U1,A1,USD,card,email,x", header=header)
    before = (desk.versions(), desk.rows("select xmin::text, * from account order by id"))
    desk.load("bill_units", "U1,A1,USD,card,email,x", header=header)
    desk.load("bill_units", "U1,A1,USD")
    desk.load("accounts", "A1,Ada")
    assert (desk.versions(), desk.rows("select xmin::text, * from account order by id")) == before


def test_what_is_wrong_with_customers(desk: Desk):
    long = "".join(map(chr, range(0x4E00, 0x4E00 + 334)))
    assert desk.reasons("accounts", "A1,", "A3 ,x", f"A4,{long}", header="") == [
        (2, "name", "", "is missing"),
        (3, "account_no", "A3 ", "is longer than 800 bytes or has spaces around it"),
        (4, "name", long, "is longer than 1000 bytes"),
    ]
    assert desk.reasons("accounts", "A1,x,none,9.5", header=",brand,credit_score") == [
        (2, "credit_score", "9.5", "is not a whole number"),
        (2, "brand", "none", "is not a brand of the policy"),
    ]
    desk.load("payments", "P1,U1,2026-01-01,1")
    assert desk.reasons(
        "bill_units",
        "U1,A2,USD,",
        "U1,A1,EUR,",
        "U9,A9,usd,fax",
        "U2,A1,EUR,postal",
        header=",delivery",
    ) == [
        (2, "account_no", "A2", "differs; the bill unit belongs to another account"),
        (3, "currency", "EUR", "differs; the bill unit has items in USD"),
        (3, "bill_unit_no", "U1", "stands already in line 2"),
        (4, "delivery", "fax", "is neither email nor postal"),
        (4, "account_no", "A9", "is not a known account"),
        (4, "currency", "usd", "is not an ISO 4217 currency"),
    ]


def test_nothing_of_a_file_with_a_bad_row_is_applied_and_later_files_wait(
    desk: Desk, tmp_path: Path
):
    good = desk.write("payments", "P1,U1,2026-01-01,1")
    bad = desk.write("bills", "B1,U1,2026-01-01,2026-01-31,1", "=B2,U1,2026-01-01,2026-01-31,-2")
    rejects = tmp_path / "out" / "rejects.csv"
    report = load(desk.database, [good, bad], rejects=rejects)
    assert report.refused is not None
    assert report.not_tried == (str(good),)
    assert (desk.items(), desk.credits()) == ([], [])
    with rejects.open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["file", "line", "column", "value", "reason"],
            [str(bad), "3", "amount", "'-2", "is negative; send a corrective bill"],
        ]
    report = load(desk.database, [good, bad], rejects=rejects, keep_good=True)
    assert [(file.created, file.rejected) for file in report.files] == [(1, 1), (1, 0)]
    load(desk.database, [good], rejects=rejects)
    assert not rejects.exists()


def test_lines_are_counted_as_they_stand_in_the_file(desk: Desk):
    path = desk.folder / "accounts.csv"
    path.write_bytes(
        b"\xef\xbb\xbfaccount_no,name\r\n\r\n"
        b'A7,"two\r\nlines \\. ""quoted"""\r\n\\.,x\r\nA7,again\r\n'
    )
    (file,) = load(desk.database, [path], keep_good=True).files
    assert [(reject.line, reject.reason) for reject in file.rejects] == [
        (6, "stands already in line 3")
    ]
    assert desk.rows("select name from account where account_no in ('A7', '\\.') order by 1") == [
        ('two\r\nlines \\. "quoted"',),
        ("x",),
    ]


def test_a_file_with_only_a_header_has_no_rows(desk: Desk):
    for kind in HEADERS:
        assert desk.load(kind).rows == 0


def test_gzip_and_parquet_hold_the_same_as_csv(desk: Desk):
    import gzip
    from datetime import date, datetime

    import pyarrow as pa
    from pyarrow import parquet

    packed = desk.folder / "bills_1.csv.gz"
    packed.write_bytes(
        gzip.compress(
            b"bill_no,bill_unit_no,issued_on,due_on,amount\nB1,U1,2026-01-01,2026-01-31,12.50\n"
        )
    )
    table = pa.table(
        {
            "bill_no": [1, 2],
            "bill_unit_no": ["U1", "U2"],
            "issued_on": [date(2026, 1, 1), date(2024, 2, 29)],
            "due_on": [datetime(2026, 1, 31), datetime(2024, 2, 29)],  # noqa: DTZ001
            "amount": pa.array([D("12.5000"), D("500.5000")], pa.decimal128(19, 4)),
            "service_agreement_no": ["", None],
        }
    )
    parquet.write_table(table, desk.folder / "bills_2.parquet")
    report = load(desk.database, [packed, desk.folder / "bills_2.parquet"], keep_good=True)
    assert [file.created for file in report.files] == [1, 1]
    assert [(str(r.line), r.value) for r in report.files[1].rejects] == [("2", "500.5000")]
    assert desk.rows("select count(distinct due_on), sum(amount) from item") == [(1, D(25))]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("customers.csv", b"account_no,name\n", "the name doesn't tell"),
        ("accounts.csv", b"", "the file is empty"),
        ("accounts.csv", b"account_no;name\n", "'account_no;name' is unknown"),
        ("accounts.csv", b"account_no;name\n", "A file of accounts is separated by commas and may"),
        ("accounts.jsonl", b'{"account": "A9"}\n', "A file of accounts may have the columns"),
        (
            "accounts.csv",
            b"account_no,nam\n",
            "'nam' is unknown ('name'?); column 'name' is missing",
        ),
        ("accounts.csv", b"account_no,name,name\n", "'name' stands 2 times"),
        ("bills.csv", b"bill_no,attr.x\n", "'attr.x' is unknown"),
        ("accounts.csv", b"account_no,name\nA8,ok\nA9,\xff\n", "line 3 is not valid UTF-8"),
        ("accounts.csv", b"account_no,name\nA8,ok\nA9,a\0b\n", "line 3 has a NUL character"),
        ("accounts.csv", b'account_no,name\nA8,ok\nA9,"open\n', "line 3 can't be read"),
        ("accounts.csv", b'account_no,name\nA9,"a"b\n', "line 2 can't be read"),
        ("accounts.csv.gz", b"account_no,name\n", "damaged or cut off"),
        ("accounts.parquet", b"PAR1 cut off", "not a whole Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    desk: Desk, name: str, content: bytes, message: str
):
    from dunwell.domain.errors import BadFile

    (desk.folder / name).write_bytes(content)
    with pytest.raises(BadFile) as failure:
        load(desk.database, [desk.folder / name], keep_good=True)
    assert message in failure.value.message
    assert desk.rows("select count(*) from account") == [(2,)]


def test_a_truncated_file_says_what_was_loaded_before_it(desk: Desk):
    import gzip

    from dunwell.domain.errors import BadFile

    whole = gzip.compress(
        b"bill_unit_no,account_no,currency\n"
        + b"".join(b"V%d,A1,USD\n" % number for number in range(50_000))
    )
    (desk.folder / "bill_units_x.csv.gz").write_bytes(whole[: len(whole) // 2])
    (desk.folder / "accounts.csv").write_text("account_no,name\nA9,Cy\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"cut off .* loaded before it: .*accounts.csv"):
        load(desk.database, [desk.folder / "bill_units_x.csv.gz", desk.folder / "accounts.csv"])
    assert desk.rows("select count(*) from bill_unit") == [(3,)]


def test_a_floating_point_amount_is_refused(desk: Desk):
    import pyarrow as pa
    from pyarrow import parquet

    from dunwell.domain.errors import BadFile

    table = {"payment_no": ["P1"], "bill_unit_no": ["U1"], "paid_on": ["2026-01-01"]}
    parquet.write_table(pa.table({**table, "amount": [12.1]}), desk.folder / "payments.parquet")
    with pytest.raises(BadFile, match="floating-point"):
        load(desk.database, [desk.folder / "payments.parquet"])


def test_two_loads_at_once_take_turns(desk: Desk):
    rows = [f"B{number},U1,2026-01-01,2026-01-31,1" for number in range(300)]
    path = desk.write("bills", *rows)
    with ThreadPoolExecutor() as pool:
        reports = list(pool.map(lambda _: load(desk.database, [path]), range(4)))
    assert sorted(report.files[0].created for report in reports) == [0, 0, 0, 300]
    assert len(desk.items()) == 300


def test_progress_reaches_the_end_of_each_file(desk: Desk):
    seen: list[tuple[str, int, int]] = []
    path = desk.write("accounts", *(f"N{number},x" for number in range(12_000)))
    load(desk.database, [path], progress=lambda *step: seen.append(step))
    size = path.stat().st_size
    assert len(seen) == 3
    assert seen[-1] == ("accounts.csv", size, size)


def test_the_reference_page_is_current():
    page = Path(__file__).parents[3] / "docs" / "reference" / "load-files.md"
    assert page.read_text(encoding="utf-8") == reference(), (
        "run `make docs`: docs/reference/load-files.md has fallen behind"
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quoted", [False, True])
def test_a_file_says_the_same_with_quotes_and_without(
    database: Database, tmp_path: Path, line_end: str, quoted: bool
):
    rows = [
        ["account_no", "name", "city", "attr.tier"],
        ["A1", "Ada Łukasz", " Gdańsk ", "gold"],
        [],
        ["A2", "", "Oslo", ""],
        ["A3", "Linus", "Oslo"],
        ["A4", "Grace", "", "", "more"],
        ["A5", "Ψ", "", ""],
    ]
    cell = '"{}"'.format if quoted else str
    text = line_end.join(",".join(map(cell, row)) for row in rows)
    path = tmp_path / "accounts.csv"
    path.write_bytes(text.encode())
    report = load(database, [path], keep_good=True)
    (file,) = report.files
    assert (file.rows, file.created) == (5, 2)
    assert [(reject.line, reject.column) for reject in file.rejects] == [
        (4, "name"),
        (5, ""),
        (6, ""),
    ]
    with database.connect() as connection:
        found = connection.execute(
            "select account_no, name, city, attributes from account order by account_no"
        ).fetchall()
    assert found == [("A1", "Ada Łukasz", " Gdańsk ", {"tier": "gold"}), ("A5", "Ψ", None, {})]
