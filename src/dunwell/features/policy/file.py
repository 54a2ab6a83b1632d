"""The policy as a TOML file, or a folder of them: read with every problem and its line; written.

`examine` reports what is wrong as `file:line: what (value) — remedy`, errors and warnings apart;
`read` gives the policy or raises `BadPolicy`. Parts that can't be read don't hide the problems of
the others: these are checked as if the broken parts were there.
"""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from dunwell.domain.errors import BadFile, BadPolicy
from dunwell.features.policy import readable, toml_lines
from dunwell.features.policy.criteria import Place
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, Severity
from dunwell.features.policy.toml_text import write

__all__ = ["Examined", "examine", "parse", "read", "write"]

LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file holds: the policy unless there are errors; all problems with their lines."""

    policy: Policy | None
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def read(path: Path) -> Policy:
    """The policy in a file or a folder of `*.toml`; `BadPolicy` holds every error."""
    examined = examine(path)
    if examined.policy is None:
        raise BadPolicy(examined.errors)
    return examined.policy


def examine(path: Path) -> Examined:
    """The policy with its errors and warnings; `BadFile` if there is nothing to read."""
    document = _Document({}, {}, [])
    for file in _files(path):
        document.add(file)
    document.refuse_templates()
    if document.broken:
        return Examined(None, tuple(document.broken), ())
    try:
        policy, problems = readable.problems(document.data)
    except RecursionError:
        return Examined(None, (f"{path}:1: nested too deeply — make conditions flatter",), ())
    located = [(problem.severity, *document.locate(problem)) for problem in problems]
    located.sort(key=lambda found: (str(found[1]), found[2]))
    texts = [(severity, f"{file}:{line}: {message}") for severity, file, line, message in located]
    # two rules may say the same about one place
    errors = tuple(dict.fromkeys(text for severity, text in texts if severity is Severity.ERROR))
    warnings = tuple(
        dict.fromkeys(text for severity, text in texts if severity is Severity.WARNING)
    )
    return Examined(None if errors else policy, errors, warnings)


def parse(text: str) -> Policy:
    """The policy in a text, without looking at its rules; for what `write` has written."""
    return Policy.model_validate(tomllib.loads(text, parse_float=Decimal))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(path.glob("*.toml"))
        if not files:
            raise BadFile(f"There is no policy in the folder {path}; put *.toml files there.")
        return files
    if not path.is_file():
        raise BadFile(f"There is no file {path}; name a policy file or a folder of them.")
    return [path]


@dataclass
class _Document:
    """The merged data of all files, and where each value stands."""

    data: dict[str, Any]
    lines: dict[Place, tuple[Path, int]]
    broken: list[str]

    def add(self, file: Path) -> None:
        try:
            source = file.read_bytes()
            text = source.decode("utf-8")
        except (OSError, UnicodeDecodeError) as failure:
            self.broken.append(f"{file}:1: can't be read ({failure}) — save it as UTF-8 text")
            return
        if len(source) > LARGEST:
            self.broken.append(f"{file}:1: too large ({len(source)} bytes) — split it")
            return
        try:
            data = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as failure:
            self.broken.extend(_not_toml(file, source, str(failure)))
        except RecursionError:
            self.broken.append(f"{file}:1: nested too deeply — make conditions flatter")
        else:
            self._merge(file, data, toml_lines.lines(source))

    def _merge(self, file: Path, data: dict[str, Any], lines: dict[Place, int]) -> None:
        offsets: dict[str, int] = {}
        for key, value in data.items():
            present = self.data.get(key)
            line = lines.get((key,), 1)
            if key not in self.data:
                self.data[key] = value
            elif key != "aging_buckets" and isinstance(present, list) and isinstance(value, list):
                offsets[key] = len(present)
                self.data[key] = [*present, *value]
            elif isinstance(present, dict) and isinstance(value, dict):
                for inner in present.keys() & value.keys():
                    self.broken.append(
                        f"{file}:{lines.get((key, inner), line)}: given in two files"
                        f" ({key}.{inner}) — keep one of them"
                    )
                self.data[key] = {**present, **value}
            else:
                self.broken.append(f"{file}:{line}: given in two files ({key}) — keep one of them")
        for place, line in lines.items():
            self.lines.setdefault(_moved(place, offsets), (file, line))

    def refuse_templates(self) -> None:
        """Their words are documents of their own, and are tried before they are taken."""
        if "templates" in self.data:
            file, line = self.lines[("templates",)]
            self.broken.append(
                f"{file}:{line}: a policy file has no templates (templates) — take them out, and"
                " load each with `dunwell template load`"
            )

    def locate(self, problem: Problem) -> tuple[Path, int, str]:
        place = problem.place
        while place not in self.lines:
            place = place[:-1]
        file, line = self.lines[place]
        return file, line, problem.message


def _moved(place: Place, offsets: dict[str, int]) -> Place:
    match place:
        case (str(key), int(index), *rest) if key in offsets:
            return (key, index + offsets[key], *rest)
        case _:
            return place


def _not_toml(file: Path, source: bytes, reason: str) -> list[str]:
    what, _, position = reason.rpartition(" (at ")
    words = position.removesuffix(")").replace(",", "").split()
    last = source.count(b"\n") + 1
    line = int(words[1]) if words[:1] == ["line"] else last
    found = {line: f"{file}:{line}: not TOML ({what}) — see the TOML specification"}
    for at, text in toml_lines.syntax_errors(source):
        found.setdefault(
            at, f"{file}:{at}: not TOML ({text!r}) — check quotes, brackets and equals signs"
        )
    return [found[at] for at in sorted(found)]
