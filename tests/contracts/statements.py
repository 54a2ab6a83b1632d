"""Every statement of every `.sql` file of the product, with its fragments filled as the code does.

A statement that is used with several fragments appears once for each.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import dunwell
from dunwell.db import statements
from dunwell.db.statements import Statement
from dunwell.engine import explain
from dunwell.features.alerts import queries as alerts
from dunwell.features.care import queries as care
from dunwell.features.cases import dating, entering, search_ways, searching
from dunwell.features.letters import rules as letter_rules
from dunwell.features.receivables import agreements, insulating, measuring, posting
from dunwell.features.receivables.work import IS_OVERDUE, MAY_ACT, ORDINARY
from dunwell.features.severance import cancelling
from dunwell.features.sharing import grouping
from dunwell.features.subscriptions import fanning
from dunwell.features.tasks import agenda, batch, queries, suspended

SOURCE = Path(dunwell.__file__).parent

AFFECT_RATING = statements.load("dunwell.actions", "affect_rating.sql")
ADVANCE = statements.load("dunwell.features.severance", "advance.sql")

FRAGMENTS: tuple[tuple[Mapping[str, str], ...], ...] = (
    ({"is_overdue": IS_OVERDUE, "may_act": MAY_ACT},),
    (
        {**ORDINARY, "of_debts": measuring._EVERYTHING},  # noqa: SLF001
        {**ORDINARY, "of_debts": measuring._EXAMINED},  # noqa: SLF001
        {**ORDINARY, **grouping.OUTSIDE_GROUPS, "of_debts": measuring._EXAMINED},  # noqa: SLF001
        {**ORDINARY, **grouping.AS_GROUPS, "of_debts": grouping._SHARES},  # noqa: SLF001
    ),
    (explain.OWN_DEBTS, explain.GROUPS_DEBTS),
    ({"grouped": grouping.OUTSIDE_GROUPS["grouped"]},),
    (measuring._NO_DISPUTES, measuring._DISPUTES),  # noqa: SLF001 - the very texts that are run
    ({"of_examined": measuring._EVERYTHING}, {"of_examined": measuring._EXAMINED}),  # noqa: SLF001
    posting._SHRUNK,  # noqa: SLF001
    (posting._BY_BILL, posting._BY_BILL_UNIT),  # noqa: SLF001
    (
        {"cases": dating.PERFORMED_TONIGHT},
        {"cases": dating.ONE_CASE},
        {"cases": dating.EVERY_CASE},
    ),
    ({"steps": entering.SCENARIO_STEPS}, {"steps": entering.EDITED_STEPS}),
    tuple(
        search_ways.fragments_for(
            list(searching.Criteria.__dataclass_fields__),
            order,
            way,
            every_brand=False,
            onward=True,
        )
        for order in search_ways.Order
        for way in search_ways.Way
        # cases are walked in an order of their own only
        if way is not search_ways.Way.CASES
        or search_ways.SORTINGS[order].column in search_ways.OF_CASE
    ),
    tuple(
        {"searched": table, "conditions": condition, "few": str(search_ways.FEW)}
        for table, condition in (
            ("account", search_ways.CONDITIONS["name"]),
            ("bill", search_ways.ISSUED),
            ("collection_case", search_ways.CONDITIONS["pay_type"]),
        )
    ),
    ({"of_agents": queries.OF_AGENTS},),
    (suspended.FRAGMENTS,),
    tuple(agenda.fragments_for(name, onward=True) for name in agenda.SORTINGS),
    (alerts.FRAGMENTS,),
    ({"found": alerts.found()},),
    (care.FRAGMENTS,),
    ({"of_unit": ""},),
    ({"to_dos_of": batch.EVERYBODY}, {"to_dos_of": batch.OF_UNITS}),
    ({"paid_on_plan": insulating.PAID_ON_PLAN},),
    ({"plans_of": insulating.EVERY_PLAN}, {"plans_of": insulating.OF_UNITS}),
    (fanning.UNSEEN, fanning.AFTER_MOVING),
    tuple(letter_rules.WANTED_OF.values()),
    (agreements.AT_RISK,),
    ({"nothing_left": cancelling.NOTHING_LEFT},),
    tuple({"demerits": each["demerits"].text} for each in (AFFECT_RATING, ADVANCE)),
    # of the loader, as for bills
    ({"key": "bill_no", "same_key": "draft.bill_no = twin.bill_no"},),
    (
        {
            "profile_expression": "(case when account.brand_id = 1 then 1 end)",
            "to_do_expression": "(case todo_type.id when 1 then true else true end)",
            "criteria_expression": "(case scenario.id when 1 then true else true end)",
            "severance_criteria": "(case severance_template.id when 1 then true else true end)",
            "value": "account.credit_score::text",
            "holds": "account.credit_score < 500",
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A statement as the server gets it, parameters still named."""

    file: str
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.name}"


def files() -> list[Path]:
    """The files with named statements."""
    return sorted(path for path in SOURCE.rglob("*.sql") if path.name != "functions.sql")


def of(path: Path) -> Iterator[tuple[Statement, Rendered]]:
    """A file's statements in their order, each different text once."""
    relative = path.relative_to(SOURCE)
    package = ".".join(("dunwell", *relative.parent.parts))
    for statement in statements.load(package, relative.name).values():
        # fragments of another statement's come along in the variants, and change nothing
        for text in dict.fromkeys(statement.render(each).decode() for each in _variants(statement)):
            yield statement, Rendered(str(relative), statement.name, text)


def _variants(statement: Statement) -> Iterator[Mapping[str, str]]:
    used = [
        variants
        for variants in FRAGMENTS
        if any(statement.fragments & variant.keys() for variant in variants)
    ]
    for chosen in product(*used):
        yield {name: text for variant in chosen for name, text in variant.items()}
