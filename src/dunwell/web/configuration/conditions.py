"""A condition as a tree of rows that people edit: groups of which all or any must hold, and lines
that compare a field with a value. What a form sends becomes the policy file's own writing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dunwell.domain import conditions
from dunwell.domain.conditions import COLUMNS, Operator, ValueType
from dunwell.features.policy.criteria import AllOf, AnyOf, Condition, Missing, Not, OneOf
from dunwell.web.languages import N_, _

Raw = dict[str, Any]

ONE_OF, MISSING, PRESENT = "one_of", "missing", "present"

OPERATORS: tuple[tuple[str, str], ...] = (
    (Operator.EQUAL.value, N_("is")),
    (Operator.NOT_EQUAL.value, N_("is not")),
    (Operator.LESS.value, N_("is less than")),
    (Operator.AT_MOST.value, N_("is at most")),
    (Operator.GREATER.value, N_("is more than")),
    (Operator.AT_LEAST.value, N_("is at least")),
    (ONE_OF, N_("is one of")),
    (MISSING, N_("has no value")),
    (PRESENT, N_("has a value")),
)

TYPES: tuple[tuple[str, str], ...] = (
    ("", N_("as the field")),
    (ValueType.STRING.value, N_("text")),
    (ValueType.INTEGER.value, N_("whole number")),
    (ValueType.DECIMAL.value, N_("number")),
    (ValueType.TIMESTAMP.value, N_("date")),
)

_SAID = dict(OPERATORS)

DEEPEST = 12
MOST_PARTS = 100
_CRITERION = "criterion "


def raw_of(condition: Condition) -> Raw:
    """A condition as the texts that its tree shows; a single line stands in a group."""
    node = _raw(condition)
    return node if node["kind"] != "leaf" else {"kind": "all", "parts": {"0": node}}


def _raw(condition: Any) -> Raw:
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            kind = "all" if isinstance(condition, AllOf) else "any"
            return {
                "kind": kind,
                "parts": {str(number): _raw(part) for number, part in enumerate(parts)},
            }
        case Not(part=part):
            node = _raw(part)
            # a line or group that is denied already is put into a group of its own
            if node.get("not"):
                node = {"kind": "all", "parts": {"0": node}}
            return {**node, "not": "true"}
        case Missing(missing=missing):
            return {**_leaf(condition), "operator": MISSING if missing else PRESENT, "value": ""}
        case OneOf(one_of=values):
            return {**_leaf(condition), "operator": ONE_OF, "value": ", ".join(values)}
        case _:
            operator = condition.operator.value
            return {**_leaf(condition), "operator": operator, "value": condition.value}


def in_words(tree: conditions.Condition) -> str:  # noqa: PLR0911 - one line for each form
    """A condition as one sentence; groups within it stand in brackets."""
    match tree:
        case conditions.All(parts) | conditions.AnyOf(parts):
            joint = _("and") if isinstance(tree, conditions.All) else _("or")
            return f" {joint} ".join(_within(part) for part in parts)
        case conditions.Holds(part):
            return in_words(part)
        case conditions.Not(conditions.Missing(operand)):
            return f"{operand} {_(_SAID[PRESENT])}"
        case conditions.Not(part):
            return _("not (%(condition)s)") % {"condition": in_words(part)}
        case conditions.Missing(operand):
            return f"{operand} {_(_SAID[MISSING])}"
        case conditions.OneOf(operand, values):
            return f"{operand} {_(_SAID[ONE_OF])} {', '.join(map(conditions.text, values))}"
        case _:
            said = _(_SAID[tree.operator.value])
            return f"{tree.operand} {said} {conditions.text(tree.value)}"


def _within(part: conditions.Condition) -> str:
    said = in_words(part)
    return f"({said})" if isinstance(part, conditions.All | conditions.AnyOf) else said


def _leaf(leaf: Any) -> Raw:
    subject = leaf.field if leaf.field is not None else _CRITERION + leaf.criterion
    return {"kind": "leaf", "subject": subject, "type": leaf.type.value if leaf.type else ""}


def data_of(raw: Any, place: str, at: str, names: dict[str, str]) -> Any:
    """The policy file's writing of what a tree sends; none for an empty tree. `names` learns which
    field each place came from.
    """
    if not isinstance(raw, dict) or "kind" not in raw:
        return None
    names[place] = f"{at}.kind"
    if raw.get("not"):
        names[place] = f"{at}.kind"
        place = f"{place}.not"
    found = (
        _leaf_data(raw, place, at, names)
        if raw["kind"] == "leaf"
        else _group_data(raw, place, at, names)
    )
    if found is None:
        return None
    return {"not": found} if raw.get("not") else found


def _group_data(raw: Raw, place: str, at: str, names: dict[str, str]) -> Any:
    kind = "any" if raw["kind"] == "any" else "all"
    names[place] = names[f"{place}.{kind}"] = f"{at}.kind"
    parts: list[Any] = []
    for number, part in _parts(raw):
        below = data_of(part, f"{place}.{kind}.{len(parts)}", f"{at}.parts.{number}", names)
        if below is not None:
            parts.append(below)
    if len(parts) == 1 and "." not in at:
        # the whole tree is one line: the group is only its frame
        alone = f"{place}.{kind}.0"
        names |= {
            place + key.removeprefix(alone): name
            for key, name in names.items()
            if key.startswith(f"{alone}.")
        }
        return parts[0]
    return {kind: parts} if parts else None


def _leaf_data(raw: Raw, place: str, at: str, names: dict[str, str]) -> Any:
    subject, value = raw.get("subject", ""), raw.get("value", "")
    if not subject and not value:
        return None
    names[place] = f"{at}.subject"
    for key, name in (
        *(("field", "subject"), ("criterion", "subject"), ("operator", "operator")),
        *(("value", "value"), ("one_of", "value"), ("missing", "operator"), ("type", "type")),
    ):
        names[f"{place}.{key}"] = f"{at}.{name}"
    found: Raw = {}
    if subject.startswith(_CRITERION):
        found["criterion"] = subject.removeprefix(_CRITERION)
    else:
        found["field"] = subject
        if raw.get("type"):
            found["type"] = raw["type"]
    operator = raw.get("operator", "=")
    if operator in {MISSING, PRESENT}:
        return {**found, "missing": operator == MISSING}
    if operator == ONE_OF:
        return {**found, "one_of": [each.strip() for each in value.split(",") if each.strip()]}
    return {**found, "operator": operator, "value": value}


def _parts(raw: Raw) -> list[tuple[str, Raw]]:
    parts = raw.get("parts")
    if not isinstance(parts, dict):
        return []
    numbers = sorted((key for key in parts if key.isdecimal()), key=int)
    return [(number, parts[number]) for number in numbers if isinstance(parts[number], dict)]


def act(raw: Raw, path: str, verb: str) -> bool:
    """Carry out a button of a tree; whether it was one."""
    if verb == "begin":
        raw[path] = {"kind": "all", "parts": {"0": {"kind": "leaf"}}}
        return True
    if verb == "clear":
        raw.pop(path, None)
        return True
    if verb not in {"line", "group"}:
        return False
    node: Any = raw
    for step in path.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    if isinstance(node, dict) and path.count(".parts") < DEEPEST:
        parts = node.setdefault("parts", {})
        taken = [int(number) for number, _ in _parts(node)]
        if len(taken) < MOST_PARTS:
            leaf = {"kind": "leaf"}
            group = {"kind": "any", "parts": {"0": dict(leaf), "1": dict(leaf)}}
            parts[str(max(taken, default=-1) + 1)] = leaf if verb == "line" else group
    return True


@dataclass(slots=True)
class Node:
    """A group or a line of the tree as it is shown."""

    name: str
    kind: str
    denied: bool
    subject: str = ""
    operator: str = "="
    value: str = ""
    type: str = ""
    parts: list["Node"] = field(default_factory=list)
    errors: Mapping[str, str] = field(default_factory=dict)


def node_of(raw: Any, name: str, errors: Mapping[str, str]) -> Node | None:
    """The tree as it is shown; none where there is no condition."""
    if not isinstance(raw, dict) or "kind" not in raw:
        return None
    own = {
        key: errors[f"{name}.{key}"]
        for key in ("kind", "subject", "operator", "value", "type")
        if f"{name}.{key}" in errors
    }
    return Node(
        name,
        raw["kind"] if raw["kind"] in {"all", "any", "leaf"} else "all",
        bool(raw.get("not")),
        subject=str(raw.get("subject", "")),
        operator=str(raw.get("operator", "=")),
        value=str(raw.get("value", "")),
        type=str(raw.get("type", "")),
        parts=[
            node
            for number, part in _parts(raw)
            if (node := node_of(part, f"{name}.parts.{number}", errors)) is not None
        ],
        errors=own,
    )


def names_of(node: Node | None) -> Iterator[str]:
    """Every field of a tree that may have a message."""
    if node is not None:
        keys = ("subject", "operator", "value", "type") if node.kind == "leaf" else ("kind",)
        yield from (f"{node.name}.{key}" for key in keys)
        for part in node.parts:
            yield from names_of(part)


def subjects(criteria: list[str]) -> list[str]:
    """What a line may ask about: criteria of the policy first, then the fields."""
    return [*(_CRITERION + name for name in criteria), *COLUMNS]
