"""Finds joins of operational tables that forget `account_id` (DESIGN rule 3), in parsed SQL.

Within each select, update or delete, the operational tables, temporary tables and subqueries must
hang together by equalities of `account_id`, also with the outer tables that a subquery refers to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from dunwell.db import statements
from dunwell.tables import metadata

_WORK = statements.load("dunwell.features.receivables", "work.sql")["create_temporary_tables"]
TEMPORARY = {
    table.name
    for created in sqlglot.parse(_WORK.text, dialect="postgres")
    if created is not None
    for table in created.find_all(exp.Table)
}
OF_LOADER = {"draft", "owed", "change"}
OF_PUBLISHER = {"publishing"}
OF_REPORTS = {"report_debtor", "report_applied"}
# what sqlglot doesn't know of creating a table; the query behind `as` is what counts
_CREATION = re.compile(r"^create temp table \w+ on commit drop as|on commit drop;?$", re.MULTILINE)
OPERATIONAL = {
    "account",
    *(name for name, table in metadata.tables.items() if "account_id" in table.columns),
    *TEMPORARY,
    *OF_LOADER,
    *OF_PUBLISHER,
    *OF_REPORTS,
}


def problems(text: str, *, by_number: bool = False) -> list[str]:
    """The joins at fault. With `by_number` only tables that are joined by ids must share the
    account: the loader looks up what a staged row names by its business number.
    """
    plain = _CREATION.sub("", text.replace("%(", ":p_").replace(")s", ""))
    found: list[str] = []
    for statement in sqlglot.parse(plain, dialect="postgres"):
        if isinstance(statement, exp.Command):
            found.append("can't be parsed")
        elif statement is not None:
            _Scope(statement, {}, {}, by_number).check(found)
    return found


@dataclass
class _Scope:
    """One query: its sources by alias, and what it may refer to outside of itself.

    Each name is mapped to whether its rows belong to accounts.
    """

    query: exp.Expr
    outer: dict[str, bool]
    common: dict[str, bool]
    by_number: bool
    sources: dict[str, bool] = field(default_factory=dict)

    def check(self, found: list[str]) -> None:
        """Add what is wrong in this query and in those inside it."""
        query = self.query
        if isinstance(query, exp.Subquery):
            self._inside(query.this).check(found)
            return
        written = _argument(query, "with")
        for common in written.expressions if written else ():
            self._inside(common.this).check(found)
            self.common = {**self.common, common.alias: self._is_of_accounts(common.this)}
        if isinstance(query, exp.SetOperation):
            self._inside(query.this).check(found)
            self._inside(query.expression).check(found)
            return
        for source in self.tables():
            self.sources[source.alias_or_name] = self._is_of_accounts(source)
        for inner in self._queries():
            self._inside(inner).check(found)
        if isinstance(query, exp.Select | exp.Update | exp.Delete):
            found += self._unconnected()

    def _inside(self, query: exp.Expr) -> "_Scope":
        return _Scope(query, {**self.outer, **self.sources}, self.common, self.by_number)

    def tables(self) -> Iterator[exp.Expr]:
        """What this query reads from or writes to, without what its own subqueries read."""
        query = self.query
        if isinstance(query, exp.Update | exp.Delete):
            yield query.this
        if isinstance(query, exp.Delete):
            yield from query.args.get("using") or ()
        read = _argument(query, "from")
        if read is not None and not isinstance(query, exp.Insert):
            yield read.this
            yield from (join.this for join in read.this.args.get("joins") or ())
        yield from (join.this for join in query.args.get("joins") or ())
        if isinstance(query, exp.Select):
            yield from (lateral for lateral in query.args.get("laterals") or ())

    def _queries(self) -> Iterator[exp.Query]:
        """The queries directly inside this one, common table expressions apart."""
        own = self.query

        def is_inner(node: exp.Expr) -> bool:
            return node is not own and isinstance(node, exp.Query | exp.With)

        for node in own.walk(prune=is_inner):
            if node is not own and isinstance(node, exp.Query):
                yield node

    def _is_of_accounts(self, source: exp.Expr) -> bool:
        """Do the rows of a table or query carry an account?"""
        match source:
            case exp.Table():
                return self.common.get(source.name, source.name in OPERATIONAL)
            case exp.Subquery() | exp.Lateral():
                return self._is_of_accounts(source.this)
            case exp.SetOperation():
                return self._is_of_accounts(source.this)
            case exp.Select():
                names = {column.alias_or_name for column in source.expressions}
                inner = self._inside(source)
                return "account_id" in names or (
                    "*" in names and any(map(self._is_of_accounts, inner.tables()))
                )
            case exp.Update() | exp.Delete() | exp.Insert():
                returning = source.args.get("returning")
                return returning is not None and any(
                    column.alias_or_name == "account_id" for column in returning.expressions
                )
            case _:
                return False

    def _unconnected(self) -> Iterator[str]:
        """The operational sources, if equalities of the account don't hold them together."""
        of_accounts = {alias for alias, belongs in self.sources.items() if belongs}
        referred = {alias for alias in self._referred() if self.outer.get(alias)}
        names = of_accounts | referred
        if not of_accounts or len(names) < 2:
            return
        accounts, joined = _Groups(), _Groups()
        for left, right in self._equalities():
            if {_node(left), _node(right)} <= names and left.name.endswith("id"):
                joined.unite(_node(left), _node(right))
            if self._names_account(left) and self._names_account(right):
                accounts.unite(_node(left), _node(right))
            elif left.name == right.name and left.name in ("sharing_group_id", "premise_no"):
                # a group is what holds accounts together, as is a roof
                accounts.unite(_node(left), _node(right))
        for using in self._using():
            accounts.unite_all(of_accounts if "account_id" in using else set())
        accounts.unite_all(referred)
        for group in joined.groups() if self.by_number else [names]:
            if not accounts.hold_together(group):
                yield f"joined without account_id: {', '.join(sorted(group & of_accounts))}"

    def _own(self) -> Iterator[exp.Expr]:
        own = self.query
        yield from own.walk(
            prune=lambda node: node is not own and isinstance(node, exp.Query | exp.With)
        )

    def _referred(self) -> set[str]:
        return {
            node.table
            for node in self._own()
            if isinstance(node, exp.Column) and node.table and node.table not in self.sources
        }

    def _equalities(self) -> Iterator[tuple[exp.Column, exp.Column]]:
        for node in self._own():
            if isinstance(node, exp.EQ):
                left, right = _plain(node.this), _plain(node.expression)
                if isinstance(left, _SIDE) and isinstance(right, _SIDE):
                    yield left, right  # type: ignore[misc]

    def _names_account(self, side: exp.Expr) -> bool:
        if isinstance(side, exp.Placeholder):
            return side.name == "p_account_id"
        # a case and its group's parent name the account that is theirs
        named = side.name in ("account_id", "case_account_id", "parent_account_id")
        # `theirs`: another account beside the one that a statement is about
        return named or (side.name == "id" and _node(side) in ("account", "theirs"))

    def _using(self) -> Iterator[set[str]]:
        for node in self._own():
            if isinstance(node, exp.Join) and node.args.get("using"):
                yield {column.name for column in node.args["using"]}


_SIDE = (exp.Column, exp.Placeholder)


def _argument(query: exp.Expr, name: str) -> exp.Expr | None:
    """A clause whose name is a word of Python, as different versions of sqlglot spell it."""
    return query.args.get(f"{name}_") or query.args.get(name)


def _plain(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    return node


def _node(side: exp.Expr) -> str:
    return ":account_id" if isinstance(side, exp.Placeholder) else side.text("table")


class _Groups:
    """Names that hang together."""

    def __init__(self) -> None:
        self._group: dict[str, set[str]] = {}

    def unite(self, one: str, other: str) -> None:
        group = self._group.get(one, {one}) | self._group.get(other, {other})
        for name in group:
            self._group[name] = group

    def unite_all(self, names: set[str]) -> None:
        for one, other in zip(sorted(names), sorted(names)[1:], strict=False):
            self.unite(one, other)

    def groups(self) -> list[set[str]]:
        return [set(group) for group in {frozenset(group) for group in self._group.values()}]

    def hold_together(self, names: set[str]) -> bool:
        first = next(iter(names))
        return names <= self._group.get(first, {first})
