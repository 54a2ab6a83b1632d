"""Conditions and criteria as the policy file writes them, and what they mean.

A leaf names a field (`account.credit_score`, `bill_unit.attr.segment`) or a criterion that the
policy defines; `resolve` turns the written tree into the typed one of `dunwell.domain.conditions`.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from dunwell.domain import conditions
from dunwell.domain.conditions import Operand, Operator, Value, ValueType
from dunwell.features.policy.values import Name, Words, plain

DEEPEST = 20
LONGEST_NUMBER = 60


class Form(BaseModel):
    """Base of all parts of a policy: unknown keys are refused, values never change."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


class Criterion(Form):
    """An extra parameter for conditions: a name for a field, its type and its possible values."""

    name: Name = Field(description="The name by which conditions refer to it; unique.")
    type: ValueType = Field(
        description="How the field's text is read. A text that can't be read so counts as missing."
    )
    source: Words = Field(
        description="The field that it stands for: a column such as `account.credit_score` or an"
        " attribute such as `account.attr.segment`."
    )
    values: dict[Name, Words] = Field(
        default_factory=dict,
        description="For an enum: the names that conditions use, each with the value that the data"
        " hold.",
    )
    description: Words = Field(default="", description="What it is for.")


def _text_of(given: Any) -> tuple[Any, ValueType | None]:
    """A literal's text, and the type that its form in TOML tells."""
    match given:
        case bool():
            return ("true" if given else "false"), None
        case int():
            return str(given), ValueType.INTEGER
        case Decimal():
            if abs(given.adjusted()) > LONGEST_NUMBER:
                raise ValueError("too long a number; nothing can be equal to it")
            return plain(given), ValueType.DECIMAL
        case datetime():
            raise ValueError("a time of day can't be compared; write a date")
        case date():
            return given.isoformat(), ValueType.TIMESTAMP
        case str():
            relative = conditions.is_relative_day(given)
            return given, ValueType.TIMESTAMP if relative else None
        case _:
            return given, None


class Leaf(Form):
    """A question about one field."""

    keys: ClassVar[tuple[str, ...]] = ()

    field: Words | None = Field(
        default=None, description="The column or attribute that is asked about."
    )
    criterion: Words | None = Field(
        default=None, description="Instead of a field: the name of a criterion."
    )
    type: ValueType | None = Field(
        default=None,
        description="How the field's text is read; told by the value if it is a number or a date,"
        " else string.",
    )

    @model_validator(mode="before")
    @classmethod
    def _read_literals(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data = dict(data)
        types: set[ValueType | None] = set()
        if "value" in data:
            data["value"], told = _text_of(data["value"])
            types.add(told)
        if isinstance(data.get("one_of"), list | tuple):
            pairs = [_text_of(each) for each in data["one_of"]]
            data["one_of"] = [given for given, _ in pairs]
            types.update(told for _, told in pairs)
        if types == {ValueType.INTEGER, ValueType.DECIMAL}:
            types = {ValueType.DECIMAL}
        if data.get("criterion") is None and data.get("type") is None and len(types) == 1:
            data["type"] = types.pop()
        return data

    @model_validator(mode="after")
    def _names_one_field(self) -> Self:
        if (self.field is None) == (self.criterion is None):
            raise ValueError("give either a field or a criterion")
        if self.criterion is not None and self.type is not None:
            raise ValueError("a criterion has its own type; leave the type out")
        if self.type is ValueType.ENUM:
            raise ValueError("only a criterion can be an enum; use string")
        return self


class Comparison(Leaf):
    """The field's value stands in a relation to a fixed one."""

    operator: Operator = Field(description="How the field is compared with the value.")
    value: Words = Field(
        description="A text, number or date; for dates also `today`, `today-90` or `today+30`,"
        " counted from the business date."
    )


class OneOf(Leaf):
    """The field's value is in a list."""

    one_of: list[Words] = Field(min_length=1, description="The values that are accepted.")


class Missing(Leaf):
    """The field has a value, or has none."""

    missing: bool = Field(description="true: the field has no value; false: it has one.")


class AllOf(Form):
    """Every part must hold."""

    parts: list["Condition"] = Field(
        alias="all", min_length=1, description="Conditions that must all hold."
    )


class AnyOf(Form):
    """At least one part must hold."""

    parts: list["Condition"] = Field(
        alias="any", min_length=1, description="Conditions of which one must hold."
    )


class Not(Form):
    """The part must not hold."""

    part: "Condition" = Field(alias="not", description="The condition that must not hold.")


_FORMS = (AllOf, AnyOf, Not, Comparison, OneOf, Missing)
_TELLING = ("all", "any", "not", "one_of", "missing")


def _form(data: Any) -> str:
    if isinstance(data, _FORMS):
        return type(data).__name__
    keys = data if isinstance(data, dict) else {}
    told = [key for key in _TELLING if key in keys]
    return (
        {"all": "AllOf", "any": "AnyOf", "not": "Not", "one_of": "OneOf", "missing": "Missing"}[
            told[0]
        ]
        if told
        else "Comparison"
    )


Condition = Annotated[
    Annotated[AllOf, Tag("AllOf")]
    | Annotated[AnyOf, Tag("AnyOf")]
    | Annotated[Not, Tag("Not")]
    | Annotated[Comparison, Tag("Comparison")]
    | Annotated[OneOf, Tag("OneOf")]
    | Annotated[Missing, Tag("Missing")],
    Discriminator(_form),
]

for _each in (AllOf, AnyOf, Not):
    _each.model_rebuild()

CONDITION_FORMS: tuple[type[Form], ...] = _FORMS
"""The forms a condition can take, in the order of the reference."""

CONDITION_TAGS = frozenset(form.__name__ for form in _FORMS)
"""What Pydantic puts into the place of an error inside a condition, though no file has it."""

Place = tuple[str | int, ...]


def written_leaves(
    condition: Condition, place: Place = ()
) -> Iterator[tuple[Place, Comparison | OneOf | Missing]]:
    """Each leaf of the written tree with its place in it."""
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            key = "all" if isinstance(condition, AllOf) else "any"
            for index, part in enumerate(parts):
                yield from written_leaves(part, (*place, key, index))
        case Not(part=part):
            yield from written_leaves(part, (*place, "not"))
        case _:
            yield place, condition


def depth(condition: Condition) -> int:
    """How many levels the tree has."""
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return 1 + max(depth(part) for part in parts)
        case Not(part=part):
            return 1 + depth(part)
        case _:
            return 1


def operand(leaf: Leaf, criteria: Mapping[str, Criterion]) -> Operand:
    """The field that the leaf asks about; `ValueError` if there is none."""
    if leaf.criterion is not None:
        criterion = criteria.get(leaf.criterion)
        if criterion is None:
            raise ValueError(f"unknown criterion {leaf.criterion!r}")
        return Operand(criterion.source, criterion.type, criterion.name)
    assert leaf.field is not None
    if not conditions.is_field(leaf.field):
        raise ValueError(f"unknown field {leaf.field!r}")
    return Operand(leaf.field, leaf.type or conditions.COLUMNS.get(leaf.field, ValueType.STRING))


def _value(operand: Operand, given: str, criteria: Mapping[str, Criterion]) -> Value:
    if operand.type is ValueType.ENUM and operand.criterion is not None:
        names = criteria[operand.criterion].values
        if given not in names:
            raise ValueError(
                f"{given!r} is not a value of {operand.criterion!r}; it has {', '.join(names)}"
            )
        return names[given]
    value = conditions.literal(operand.type, given)
    if value is None:
        raise ValueError(f"{given!r} is not of type {operand.type.value}")
    return value


def resolve(condition: Condition, criteria: Mapping[str, Criterion]) -> conditions.Condition:
    """What the written tree means; `ValueError` says which leaf means nothing."""
    match condition:
        case AllOf(parts=parts):
            return conditions.All(tuple(resolve(part, criteria) for part in parts))
        case AnyOf(parts=parts):
            return conditions.AnyOf(tuple(resolve(part, criteria) for part in parts))
        case Not(part=part):
            return conditions.Not(resolve(part, criteria))
        case Missing(missing=missing):
            leaf = conditions.Missing(operand(condition, criteria))
            return leaf if missing else conditions.Not(leaf)
        case OneOf(one_of=values):
            subject = operand(condition, criteria)
            return conditions.OneOf(
                subject, tuple(_value(subject, value, criteria) for value in values)
            )
        case Comparison(operator=operator, value=value):
            subject = operand(condition, criteria)
            if subject.type is ValueType.ENUM and operator not in {
                Operator.EQUAL,
                Operator.NOT_EQUAL,
            }:
                raise ValueError(f"an enum has no order; compare with = or !=, not {operator}")
            return conditions.Comparison(subject, operator, _value(subject, value, criteria))
