"""Jinja2 for templates that people write: a sandbox in which values can't be changed, missing
fields are errors, and arithmetic can't fill the memory.
"""

from collections.abc import Sized
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 100_000
"""Elements or digits that an operation in a template may make."""


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse what would grow without bounds: `'x' * 10**9`, `9**9**9`, `'%9999999d' % 1`."""
        match operator, left, right:
            case ("*", Sized(), int()) | ("*", int(), Sized()):
                many, times = (left, right) if isinstance(left, Sized) else (right, left)
                if len(many) * max(times, 0) > LONGEST:
                    raise SecurityError("the product is too long")
            case "*", int(), int() if left.bit_length() + right.bit_length() > LONGEST:
                raise SecurityError("the product is too large")
            case "**", _, _ if not _is_modest_power(left, right):
                raise SecurityError("the power is too large")
            case "%", str(), _:
                raise SecurityError("formatting with % isn't allowed; use the filter round")
        return super().call_binop(context, operator, left, right)


def _is_modest_power(base: Any, exponent: Any) -> bool:
    if isinstance(base, int) and isinstance(exponent, int):
        return base.bit_length() * abs(exponent) <= LONGEST
    return True


def environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    """The sandbox; in HTML every value is escaped."""
    made = _Sandbox(autoescape=html, undefined=StrictUndefined, keep_trailing_newline=False)
    # they format with a width that a template chooses
    for name in ("format", "center", "indent", "xmlattr"):
        made.filters.pop(name, None)
    return made
