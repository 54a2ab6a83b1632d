"""Keeping promises: which instalments have been paid, which promises are kept or broken, and when
the actions of their cases start again.
"""

from dunwell.db import statements
from dunwell.features.receivables.work import Work

_KEEP = statements.load(__package__, "keep.sql")


def judge(work: Work) -> None:
    """Decide about the active promises of the slice; what was posted tonight counts."""
    if work.run(_KEEP["any_active"]).fetchone() != (True,):
        return
    if work.fill("due_instalment", _KEEP["due_instalments"]):
        work.run(_KEEP["complete_paid"])
        work.run(_KEEP["broken"])
    work.run(_KEEP["kept"])
    end(work)


def end(work: Work) -> None:
    """End the promises in `ended_promise`: cancel what is left of them, and let the actions of
    their cases start again.
    """
    if work.count(_KEEP["end"]):
        work.run(_KEEP["resume_ended"])
        resume(work)
        work.run(_KEEP["examine_ended"])
    work.run(_KEEP["clear_ended"])


def resume(work: Work) -> None:
    """Put the open actions of the cases in `resuming` to where they start again."""
    work.run(_KEEP["resume"])
    work.run(_KEEP["clear_resuming"])
