"""The night's step of severance, after everything has been measured and stored: what has been paid
ends, events get their dates, and what is due is carried out or refused.

It looks at every active process of the slice, whether its bill unit was examined or not; where
none is active, it is one question.
"""

from collections import Counter

from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput
from dunwell.features.ratings import adding
from dunwell.features.receivables.agreements import AT_RISK
from dunwell.features.receivables.work import Work
from dunwell.features.severance import cancelling
from dunwell.plugins.batch import Batch
from dunwell.plugins.specs import COMPLETED, Failed

_ADVANCE = statements.load(__package__, "advance.sql")

_MOST_ROUNDS = 100


def work_off(work: Work) -> Counter[str]:
    """Carry out one night of severance for the slice; how many events came to what."""
    counts: Counter[str] = Counter()
    if work.run(_ADVANCE["any_active"]).fetchone() != (True,):
        return counts
    work.fragments |= AT_RISK
    counts["cancelled"] = cancelling.cancel_fallen(work)
    for _ in range(_MOST_ROUNDS):
        work.run(_ADVANCE["date_events"], severance_id=None)
        done = _carry_out(work)
        counts.update(done)
        # only what is completed makes others due
        if not done["completed"]:
            break
    work.run(_ADVANCE["finish"], severance_id=None)
    return +counts


def _carry_out(work: Work) -> Counter[str]:
    """Carry out what is due by now; how many events came to what."""
    if not work.fill("due_severance_event", _ADVANCE["due_events"]):
        return Counter()
    work.run(_ADVANCE["protect"])
    work.run(_ADVANCE["send"])
    work.run(_ADVANCE["make_to_dos"])
    _write_letters(work)
    adding.add(work.connection, work.parameters, _ADVANCE["demerits"])
    work.run(_ADVANCE["complete_rated"])
    work.run(_ADVANCE["expire"])
    work.run(_ADVANCE["complete_expired"])
    _ask_plug_ins(work)
    return conclude(work)


def protect(work: Work) -> str | None:
    """Why the one event in `due_severance_event` may not be carried out today, if it may not."""
    work.fragments |= AT_RISK
    work.run(_ADVANCE["protect"])
    row = work.run(_ADVANCE["why_not"]).fetchone()
    return None if row is None else str(row[0])


def conclude(work: Work) -> Counter[str]:
    """Write what came of the events in `due_severance_event`, and empty it; how many of what."""
    work.run(_ADVANCE["conclude"])
    done: Counter[str] = Counter(dict(work.run(_ADVANCE["count_due"]).fetchall()))
    work.run(_ADVANCE["clear_due"])
    return done


def _write_letters(work: Work) -> None:
    work.run(_ADVANCE["clear_due_actions"])
    if work.count(_ADVANCE["letters_due"]):
        letters = work.batch("due_action")
        for answer in work.hooks.prepare_dunning_data(batch=letters):
            for no, fields in answer.items():
                work.run(_ADVANCE["add_letter_data"], no=no, fields=Jsonb(dict(fields)))
        work.run(_ADVANCE["write_letters"])
        work.run(_ADVANCE["clear_due_actions"])
    work.run(_ADVANCE["complete_letters"])


def _ask_plug_ins(work: Work) -> None:
    if work.run(_ADVANCE["any_generic"]).fetchone() != (True,):
        return
    batch: Batch = work.batch("due_severance_event")
    for answer in work.hooks.perform_severance_event(batch=batch):
        for no, outcome in answer.items():
            found: tuple[str, str | None]
            match outcome:
                case Failed(message):
                    found = ("error", message)
                case "completed":
                    found = (COMPLETED, None)
                case _:
                    raise BadInput(
                        f"A plug-in answered {outcome!r} for a severance event; it must be"
                        " COMPLETED or Failed(message)."
                    )
            work.run(_ADVANCE["settle_generic"], no=no, outcome=found[0], message=found[1])
