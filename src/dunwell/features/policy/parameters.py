"""The manual's scenario parameters (XML, table 3-1) as criteria of the policy file.

Fields of the bill unit and the account that Dunwell has keep their meaning; any other field
becomes an attribute to be loaded with the bill unit or the account. The file comes from elsewhere,
so document types and entities are refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from pydantic import ValidationError

from dunwell.domain.conditions import COLUMNS, ValueType
from dunwell.domain.errors import BadFile, BadPolicy
from dunwell.features.policy.criteria import Criterion
from dunwell.features.policy.toml_text import write_criteria

TYPES: Mapping[str, ValueType] = {
    "1": ValueType.STRING,
    "2": ValueType.INTEGER,
    "3": ValueType.ENUM,
    "4": ValueType.DECIMAL,
    "5": ValueType.TIMESTAMP,
}
"""The manual's codes for the types."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "bill_unit.pay_type": {
        "10001": "invoice",
        "10003": "card",
        "10005": "direct_debit",
        "10011": "cash",
        "10012": "check",
    },
    "account.status": {"10100": "active", "10102": "inactive", "10103": "closed"},
}
"""Codes for which Dunwell's data hold words; other codes stay as they are."""

_KNOWN = frozenset(
    {"PARAM_NAME", "STRING_ID", "STR_VERSION", "TYPE", "CLASS_NAME", "FIELD_NAME", "NAME", "VALUE"}
)


def import_params(path: Path) -> list[Criterion]:
    """The criteria of a parameter file; `BadPolicy` holds every problem with its line."""
    try:
        source = path.read_bytes()
    except OSError as failure:
        raise BadFile(f"{path} can't be read ({failure.strerror}); name an XML file.") from failure
    found = _parse(path, source)
    if not found:
        raise BadFile(f"{path} holds no PARAMS element; see table 3-1 of the manual.")
    problems: list[str] = []
    criteria: dict[str, Criterion] = {}
    for parameter in found:
        criterion = _criterion(parameter, path, problems)
        if criterion is None:
            continue
        if criterion.name in criteria:
            problems.append(
                f"{path}:{parameter.line}: the same name twice ({criterion.name!r}) — rename one"
            )
        criteria[criterion.name] = criterion
    if problems:
        raise BadPolicy(problems)
    return list(criteria.values())


def as_toml(criteria: list[Criterion]) -> str:
    """The criteria as TOML, to paste into a policy file or keep as one of its folder."""
    return write_criteria(criteria)


@dataclass
class _Parameter:
    line: int
    texts: dict[str, str] = field(default_factory=dict)
    # name and code of each value an enum can take
    values: list[dict[str, str]] = field(default_factory=list)


@dataclass
class _Reader:
    """What the parser tells, element by element."""

    path: Path
    parser: expat.XMLParserType
    found: list[_Parameter] = field(default_factory=list)
    into: dict[str, str] | None = None
    element: str | None = None

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "PARAMS":
            self.found.append(_Parameter(self.parser.CurrentLineNumber))
            self.into = self.found[-1].texts
        elif name == "VALUES" and self.found:
            self.found[-1].values.append({})
            self.into = self.found[-1].values[-1]
        self.element = name if name in _KNOWN else None

    def end(self, name: str) -> None:
        if name == "VALUES" and self.found:
            self.into = self.found[-1].texts
        elif name == "PARAMS":
            self.into = None
        self.element = None

    def text(self, given: str) -> None:
        if self.into is not None and self.element is not None:
            self.into[self.element] = self.into.get(self.element, "") + given

    def refuse(self, *_: object) -> None:
        raise BadFile(
            f"{self.path}:{self.parser.CurrentLineNumber}: a document type or an entity — remove"
            " it; a parameter file needs none."
        )


def _parse(path: Path, source: bytes) -> list[_Parameter]:
    parser = expat.ParserCreate()
    reader = _Reader(path, parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    parser.ExternalEntityRefHandler = reader.refuse  # type: ignore[assignment]
    try:
        parser.Parse(source, True)
    except expat.ExpatError as failure:
        raise BadFile(
            f"{path}:{failure.lineno}: not XML ({expat.ErrorString(failure.code)}) — correct it."
        ) from failure
    return reader.found


def _criterion(parameter: _Parameter, path: Path, problems: list[str]) -> Criterion | None:
    texts = {name: given.strip() for name, given in parameter.texts.items()}
    place = f"{path}:{parameter.line}"
    missing = [
        name for name in ("PARAM_NAME", "TYPE", "CLASS_NAME", "FIELD_NAME") if not texts.get(name)
    ]
    if missing:
        problems.extend(f"{place}: {name} is missing — add it" for name in missing)
        return None
    kind = TYPES.get(texts["TYPE"])
    if kind is None:
        problems.append(f"{place}: TYPE is wrong ({texts['TYPE']!r}) — write 1, 2, 3, 4 or 5")
        return None
    source = _source(texts["CLASS_NAME"], texts["FIELD_NAME"])
    values = _values(parameter, source, place, problems)
    if (kind is ValueType.ENUM) != bool(values):
        remedy = "list them" if kind is ValueType.ENUM else "only type 3 has them; remove them"
        problems.append(
            f"{place}: VALUES and TYPE disagree ({texts['PARAM_NAME']!r}, type {texts['TYPE']})"
            f" — {remedy}"
        )
        return None
    try:
        return Criterion(
            name=texts["PARAM_NAME"],
            type=kind,
            source=source,
            values=values,
            description=f"{texts['CLASS_NAME']} {texts['FIELD_NAME']}",
        )
    except ValidationError as failure:
        problems.extend(
            f"{place}: {'.'.join(map(str, each['loc']))} is wrong — {each['msg']}"
            for each in failure.errors()
        )
        return None


def _source(class_name: str, field_name: str) -> str:
    """The column for a field that Dunwell has, else an attribute of the same owner.

    Data of other classes hang on the bill unit, as the manual demands of them.
    """
    name = field_name.rpartition(".")[2]
    name = re.sub(r"^PIN_FLD_", "", name, flags=re.IGNORECASE).lower()
    owner = "account" if class_name.split("/")[1:2] == ["account"] else "bill_unit"
    column = f"{owner}.{name}"
    is_own_class = class_name in {"/account", "/billinfo"}
    return column if is_own_class and column in COLUMNS else f"{owner}.attr.{name}"


def _values(parameter: _Parameter, source: str, place: str, problems: list[str]) -> dict[str, str]:
    words = WORDS.get(source, {})
    values: dict[str, str] = {}
    for number, given in enumerate(parameter.values, start=1):
        name, code = given.get("NAME", "").strip(), given.get("VALUE", "").strip()
        if not name or not code or name in values:
            problems.append(
                f"{place}: value {number} is wrong ({name!r}, {code!r}) — give each a NAME of its"
                " own and a VALUE"
            )
            continue
        values[name] = words.get(code, code)
    return values
