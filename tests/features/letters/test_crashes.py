"""Deliveries that are killed between any two steps, and run again: nothing is lost, nothing goes
out twice. For e-mail the mail server's own log is the witness.
"""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.features.letters.conftest import Post, letters_policy
from tests.world import World, day

from dunwell.db import locks
from dunwell.domain.errors import Conflict
from dunwell.features.access.actor import Operation, operator
from dunwell.features.letters import service

COUNT = 4
ROOT = Path(__file__).parents[3]


def _killed(world: World, post: Post, point: str) -> None:
    """Deliver in a process that is killed there."""
    ended = subprocess.run(  # noqa: S603 - our own script
        [
            *(sys.executable, str(Path(__file__).with_name("deliver_and_die.py"))),
            *(world.database.address, str(world.out), str(post.smtp.port), point),
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def _letters(world: World, **columns: str) -> None:
    world.policy(letters_policy())
    for number in range(COUNT):
        world.customer(f"B{number}", email=f"b{number}@customers.example", **columns)
        world.bill("80.00", "2026-03-01", f"B{number}")
    world.nights("2026-03-11", "2026-03-12")


def _standing(world: World) -> dict[str, int]:
    return dict(world.rows("select status, count(*) from letter group by status"))


@pytest.mark.parametrize(
    "point",
    ["withdraw", "keep_document+", "rendered+", "put_in_batch+", "rename", "rename+", "finish"],
)
def test_every_printed_letter_is_in_one_complete_folder(world: World, post: Post, point: str):
    _letters(world)
    _killed(world, post, point)
    world.deliver("2026-03-12")
    folders = [path for path in world.out.iterdir() if not path.name.startswith(".")]
    found = [path for folder in folders for path in folder.glob("*.pdf")]
    kept = {digest for (digest,) in world.rows("select sha256 from letter_document")}
    assert len(found) == COUNT
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in found} == kept
    assert _standing(world) == {"sent": COUNT}
    ((sent,),) = world.rows("select count(*) from event where kind = 'letter_sent'")
    assert sent == COUNT


@pytest.mark.parametrize("point", ["withdraw", "rendered+", "sending"])
def test_a_crash_before_the_text_goes_out_sends_every_letter_once(
    world: World, post: Post, point: str
):
    _letters(world, delivery="email")
    _killed(world, post, point)
    world.deliver("2026-03-12", smtp=post.smtp)
    assert sorted(mail["To"] for mail in post.received()) == [
        f"b{number}@customers.example" for number in range(COUNT)
    ]
    assert _standing(world) == {"sent": COUNT}


@pytest.mark.parametrize(("point", "arrived"), [("sending+", 0), ("sent", 1)])
def test_a_crash_while_it_goes_out_is_settled_by_the_servers_log(
    world: World, post: Post, tmp_path: Path, point: str, arrived: int
):
    _letters(world, delivery="email")
    _killed(world, post, point)
    assert len(post.received()) == arrived
    report = world.deliver("2026-03-12", smtp=post.smtp)
    # the others went out; of this one nobody here can know, so it isn't sent again by itself
    assert _standing(world) == {"sent": COUNT - 1, "uncertain": 1}
    assert report.standing["uncertain"] == 1
    log = tmp_path / "mail.log"
    log.write_text("\n".join(post.server.log))
    with world.database.connect() as connection:
        operation = Operation(connection, operator("Grace"), day("2026-03-12"))
        settled = service.settle_by_log(operation, log)
    assert (settled.sent, settled.again) == (arrived, 1 - arrived)
    world.deliver("2026-03-12", smtp=post.smtp)
    recipients = [mail["To"] for mail in post.received()]
    assert sorted(recipients) == [f"b{number}@customers.example" for number in range(COUNT)]
    assert len({mail["Message-ID"] for mail in post.received()}) == COUNT
    assert _standing(world) == {"sent": COUNT}


def test_a_process_killed_after_the_server_took_the_letter(
    world: World, post: Post, tmp_path: Path
):
    """The server itself kills its client, after it has the letter and before it says so."""
    _letters(world, delivery="email")
    running: list[subprocess.Popen[bytes]] = []
    post.server.before_answer = lambda: os.kill(running[0].pid, signal.SIGKILL)
    running.append(
        subprocess.Popen(  # noqa: S603 - our own script
            [
                *(sys.executable, str(Path(__file__).with_name("deliver_and_die.py"))),
                *(world.database.address, str(world.out), str(post.smtp.port), "never"),
            ],
            cwd=ROOT,
        )
    )
    assert running[0].wait(60) == -signal.SIGKILL
    post.server.before_answer = None
    world.deliver("2026-03-12", smtp=post.smtp)
    assert len(post.received()) == COUNT
    assert _standing(world) == {"sent": COUNT - 1, "uncertain": 1}


def test_a_person_can_settle_a_letter(world: World, post: Post):
    _letters(world, delivery="email")
    _killed(world, post, "sending+")
    world.deliver("2026-03-12")
    ((unit, number),) = world.rows(
        "select bill_unit_no, letter.id from letter join bill_unit using (account_id)"
        " where letter.status = 'uncertain'"
    )
    with world.database.connect() as connection:
        operation = Operation(connection, operator("Grace"), day("2026-03-12"))
        service.settle(operation, unit, number, sent=False)
    world.deliver("2026-03-12", smtp=post.smtp)
    assert len(post.received()) == COUNT


def test_a_connection_that_ends_after_the_text_leaves_the_letter_uncertain(
    world: World, post: Post
):
    _letters(world, delivery="email")

    post.server.hangs_up = True
    report = world.deliver("2026-03-12", smtp=post.smtp)
    assert report.counts["uncertain"] == COUNT
    post.server.hangs_up = False
    assert world.deliver("2026-03-12", smtp=post.smtp).counts["mailed"] == 0
    assert len(post.received()) == COUNT


def test_two_deliveries_at_once_are_one(world: World, monkeypatch: pytest.MonkeyPatch):
    _letters(world)
    monkeypatch.setattr(locks, "PATIENCE", 0.3)
    with world.database.connect(autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [locks.DELIVERY])
        with pytest.raises(Conflict, match="Another delivery"):
            world.deliver("2026-03-12")
    assert world.deliver("2026-03-12").counts["printed"] == COUNT
