"""The few kinds of error that Dunwell raises on purpose.

Each has a stable code for machines and a message for people that names the value and the remedy.
Surfaces map the kind once: the CLI to an exit code, the API to a status, a screen to a banner.
"""

from collections.abc import Sequence
from typing import ClassVar


class DunwellError(Exception):
    """Base of all expected errors; `exit_code` 1 means the work failed."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInput(DunwellError):
    """Something that was given is wrong; nothing was done."""

    code = "bad_input"
    exit_code = 2


class NotFound(BadInput):
    """The thing that was named doesn't exist."""

    code = "not_found"


class Forbidden(BadInput):
    """The actor may not do it."""

    code = "forbidden"


class Unauthenticated(BadInput):
    """Nobody known: a token or a password is missing, wrong, expired or revoked."""

    code = "unauthenticated"


class TooManyAttempts(BadInput):
    """Too many failed logins; `seconds` says when the next may be tried."""

    code = "too_many_attempts"

    def __init__(self, seconds: int, message: str) -> None:
        super().__init__(message)
        self.seconds = seconds


class RuleViolation(BadInput):
    """A rule of the business forbids it; `rule` is the rule's stable name."""

    code = "rule_violation"

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class BadPolicy(BadInput):
    """A policy breaks its rules; `problems` holds all of them, each with its place."""

    code = "bad_policy"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class BadFile(BadInput):
    """A file can't be read or its rows can't be taken; nothing of it was applied."""

    code = "bad_file"


class Conflict(DunwellError):
    """Somebody else is at it, or has changed it meanwhile; trying again may work."""

    code = "conflict"


class Stale(Conflict):
    """What was to be changed isn't any more what the caller has seen; look again, then decide."""

    code = "changed_meanwhile"


class Unavailable(DunwellError):
    """Something that Dunwell needs (the database) doesn't answer."""

    code = "unavailable"
