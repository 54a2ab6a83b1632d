"""The fields of a form as the templates show them, filled with what there is, each with its choices
and the message beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dunwell.web.configuration import conditions
from dunwell.web.configuration.kinds import Raw, default_of, kind_of, rows_shown
from dunwell.web.configuration.reading import join, rows
from dunwell.web.configuration.words import choice, title
from dunwell.web.languages import _
from dunwell.web.refusals import Warned


@dataclass(slots=True)
class Field:
    """One field of a form."""

    name: str
    title: str
    kind: str
    value: Any
    hint: str = ""
    required: bool = False
    error: str = ""
    choices: Sequence[tuple[str, str]] | None = None
    fields: Sequence["Field"] = ()
    """Of a group; of a table, its columns."""
    rows: Sequence[tuple[str, Sequence["Field"]]] = ()
    """Of a table: the number of each row, and its fields."""

    @property
    def wrong(self) -> bool:
        """Whether what is said beside it is an error."""
        return bool(self.error) and not isinstance(self.error, Warned)


@dataclass(slots=True)
class Offer:
    """What fields may be chosen from, by their key, and what is wrong, by their name."""

    choices: Mapping[str, Sequence[str]]
    errors: Mapping[str, str]
    hidden: frozenset[str] = frozenset()

    def fields(self, model: type[BaseModel], raw: Raw, at: str = "") -> list[Field]:
        """The fields of a model, filled with what there is."""
        return [
            self._field(key, info, raw.get(key), join(at, key))
            for key, info in model.model_fields.items()
            if not (not at and key in self.hidden)
        ]

    def _field(self, key: str, info: FieldInfo, value: Any, name: str) -> Field:
        kind, inner = kind_of(key, info)
        found = Field(
            name,
            title(key),
            kind,
            "" if value is None else value,
            hint=_(info.description.replace("`", "")) if info.description else "",
            required=info.is_required(),
            error=self.errors.get(name, ""),
        )
        if kind in {"choice", "days"}:
            found.choices = [(each, choice(each)) for each in inner]
            if kind == "choice" and value in (None, ""):
                found.value = default_of(info)
                # nobody has chosen the first one by not choosing
                if not found.value:
                    found.choices = [("", "–"), *found.choices]
        elif kind in {"text", "mixed"} and key in self.choices:
            found.kind = "choice"
            found.choices = self._names(key, value, info)
        elif kind == "group":
            found.fields = self.fields(inner, value if isinstance(value, dict) else {}, name)
        elif kind == "table":
            self._fill_table(found, inner, value, name)
        elif kind == "pairs":
            self._fill_pairs(found, value, name)
        elif kind == "condition":
            found.value = conditions.node_of(value, name, self.errors)
        elif kind == "lines":
            found.value = "\n".join(value) if isinstance(value, list) else found.value
        return found

    def _names(self, key: str, value: Any, info: FieldInfo) -> list[tuple[str, str]]:
        names = list(self.choices[key])
        if value and value not in names:
            names.append(value)
        default = info.default if isinstance(info.default, str) else None
        empty = [] if default is not None and default in names else [("", "–")]
        return [*empty, *((each, each) for each in names)]

    def _fill_table(self, found: Field, model: type[BaseModel], value: Any, name: str) -> None:
        given = rows(value)
        last = max((int(number) for number, _ in given), default=-1)
        new = max(1, min(rows_shown(value) - len(given), 100))
        given = [*given, *((str(last + 1 + index), {}) for index in range(new))]
        blank_row = {
            key: "true"
            for key, info in model.model_fields.items()
            if kind_of(key, info)[0] == "flag" and info.default is True
        }
        found.fields = self.fields(model, {}, name)
        found.rows = [
            (number, self.fields(model, row or blank_row, f"{name}.{number}"))
            for number, row in given
        ]

    def _fill_pairs(self, found: Field, value: Any, name: str) -> None:
        given = rows(value)
        last = max((int(number) for number, _ in given), default=-1)
        given = [*given, (str(last + 1), {}), (str(last + 2), {})]
        found.rows = [
            (
                number,
                [
                    Field(f"{name}.{number}.key", title("key"), "text", row.get("key", "")),
                    Field(
                        f"{name}.{number}.value",
                        title("value"),
                        "text",
                        row.get("value", ""),
                        error=self.errors.get(f"{name}.{number}.value", ""),
                    ),
                ],
            )
            for number, row in given
        ]


def names_of(fields: Sequence[Field]) -> list[str]:
    """Every field of a form that may have a message."""
    found = []
    for each in fields:
        found.append(each.name)
        if each.kind in {"table", "pairs"}:
            for _number, row in each.rows:
                found.extend(names_of(row))
        elif each.kind == "group":
            found.extend(names_of(each.fields))
        elif each.kind == "condition":
            found.extend(conditions.names_of(each.value))
    return found
