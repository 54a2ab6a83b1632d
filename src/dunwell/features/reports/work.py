"""Agents' work: what each person did by hand, counted from the log."""

from dunwell.features.reports.report import Access, Behind, Chart, Column, Kind, Period, Report

_BY = {"brand": "brand", "person": "person", "since": "since", "until": "until"}


def _deeds(name: str, kind: str) -> Column:
    return Column(name, Kind.COUNT, Behind("deeds", {**_BY, "kind": f"={kind}"}))


REPORT = Report(
    name="work",
    title="Agents' work",
    meaning="What each person did by hand.",
    period=Period.MONTH,
    access=Access.OWN,
    columns=(
        Column("brand"),
        Column("person"),
        _deeds("completed", "action_completed"),
        _deeds("cancelled", "action_cancelled"),
        _deeds("rescheduled", "action_rescheduled"),
        _deeds("added", "action_added"),
        _deeds("notes", "note_written"),
        _deeds("promises", "promise_made"),
        _deeds("assigned", "case_assigned"),
        _deeds("otherwise", "otherwise"),
        Column("deeds", Kind.COUNT, Behind("deeds", _BY)),
    ),
    chart=Chart("person", ("completed", "promises", "notes"), bars=True),
)
