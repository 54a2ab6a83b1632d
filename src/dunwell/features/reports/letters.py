"""Letters and their effect: how many went out, and after how many of them something was paid."""

from dunwell.features.reports.preparing import ANSWER_DAYS
from dunwell.features.reports.report import Behind, Chart, Column, Kind, Report

_THESE = {name: name for name in ("brand", "currency", "template", "channel", "since", "until")}


def _of(name: str, status: str) -> Column:
    return Column(name, Kind.COUNT, Behind("letters", {**_THESE, "status": f"={status}"}))


REPORT = Report(
    name="letters",
    title="Letters and their effect",
    meaning="Letters by template and channel, and what was paid after them.",
    columns=(
        Column("brand"),
        Column("currency"),
        Column("template"),
        Column("channel"),
        Column("letters", Kind.COUNT, Behind("letters", _THESE)),
        _of("sent", "sent"),
        _of("withdrawn", "withdrawn"),
        _of("failed", "error"),
        Column("answered", Kind.COUNT, Behind("letters", {**_THESE, "answered": "=yes"})),
        Column("effect", Kind.PERCENT),
        Column("paid", Kind.MONEY, Behind("letters", _THESE, sums="paid")),
    ),
    chart=Chart("template", ("sent", "answered"), bars=True),
    notes=(
        f"A letter is answered when its bill unit pays within {ANSWER_DAYS} days of its night.",
    ),
)
