"""How long 1,000 PDF letters take, from the night's rows to the files.

`python -m benchmarks.letters` makes a database of its own on the embedded server, with customers
who all get a letter, delivers them, and prints the seconds. The goal: under 15 s on 2 cores.
"""

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

from dunwell.bootstrap import open_application
from dunwell.engine import delivery, night
from dunwell.features.policy import file as policy_file
from dunwell.features.policy import service as policy_service
from dunwell.features.receivables.load import load
from dunwell.settings import Settings

COUNT = 1_000
LAST = dt.date(2026, 3, 12)

POLICY = """
[[brands]]
name = "default"
sender = { name = "Northwind", address = ["1 Harbour St", "Hamburg"], iban = "DE89370400440532013000" }

[[profiles]]
name = "everybody"
currency = "EUR"
default = true

[[actions]]
name = "letter"
type = "dunning_letter"
template = "first-reminder"

[[scenarios]]
name = "standard"
profile = "everybody"
entry_amount = 20
entry_days = 10
steps = [{ day = 1, action = "letter" }, { day = 20, action = "letter" }]
"""  # noqa: E501 - a table's line


def main(count: int = COUNT) -> float:
    """Make the letters and deliver them; the seconds of the delivery."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_files(folder, count)
        application = open_application(Settings(home=folder / "home"))
        (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
        with application.database.connect() as connection:
            policy = policy_file.read(folder / "policy.toml")
            policy_service.apply(connection, policy, actor="benchmark")
        load(application.database, [folder / "files"])
        for day in (LAST - dt.timedelta(days=1), LAST):
            night.run(application.database, application.plugins, night.Night(day))
        started, spent = time.monotonic(), _cpu_seconds()
        report = delivery.deliver(
            application.database,
            application.plugins,
            delivery.Delivery(date=LAST, folder=folder / "out"),
        )
        seconds, spent = time.monotonic() - started, _cpu_seconds() - spent
        assert report.counts["printed"] == count, report
    print(
        f"{count:,} PDF letters rendered, kept and exported in {seconds:.1f} s"
        f" ({spent:.1f} s of processor time without the server's)"
    )
    return seconds


def _cpu_seconds() -> float:
    """Of this process and of the rendering processes, once they have ended."""
    found = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in found)


def _write_files(folder: Path, count: int) -> None:
    files = folder / "files"
    files.mkdir()
    accounts = ["account_no,name,address,city,postal_code,country,locale"]
    units = ["bill_unit_no,account_no,currency"]
    bills = ["bill_no,bill_unit_no,issued_on,due_on,amount"]
    for no in range(count):
        locale = ("en_US", "de_DE", "es_ES")[no % 3]
        accounts.append(f"A{no},Customer {no},{no} Elm Road,Hamburg,20457,DE,{locale}")
        units.append(f"B{no},A{no},EUR")
        bills += [
            f"R{no}-{month},B{no},2026-0{month}-01,2026-0{month}-01,{40 + no % 50}.20"
            for month in (1, 2, 3)
        ]
    for name, lines in (("accounts", accounts), ("bill_units", units), ("bills", bills)):
        (files / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
