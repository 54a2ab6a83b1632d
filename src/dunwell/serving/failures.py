"""What goes wrong, each kind mapped once for API and pages: its status, and what the database's own
errors mean. A denial leaves an event, written here in a transaction of its own.
"""

import psycopg
import structlog
from fastapi import Request

from dunwell.domain import errors
from dunwell.features.access import audit
from dunwell.serving.transactions import Transactions
from dunwell.serving.watching import route_of

logger = structlog.get_logger()

# the first kind that fits
STATUS: tuple[tuple[type[errors.DunwellError], int, str], ...] = (
    (errors.NotFound, 404, "Not found"),
    (errors.Unauthenticated, 401, "Not known"),
    (errors.Forbidden, 403, "Not allowed"),
    (errors.TooManyAttempts, 429, "Too many attempts"),
    (errors.RuleViolation, 422, "Against a rule"),
    (errors.BadInput, 422, "Can't be done so"),
    (errors.Stale, 412, "Changed meanwhile"),
    (errors.Conflict, 409, "Conflict"),
    (errors.Unavailable, 503, "Not available"),
    (errors.DunwellError, 500, "Failed"),
)


def status_of(error: errors.DunwellError) -> tuple[int, str]:
    """The HTTP status of an expected error, and its title."""
    return next((status, title) for kind, status, title in STATUS if isinstance(error, kind))


def of_database(error: Exception) -> errors.DunwellError:
    """What a failure of the database means for who asked."""
    match error:
        case psycopg.errors.LockNotAvailable():
            return errors.Conflict("The night or somebody else is at it; try again in a while.")
        case psycopg.errors.DeadlockDetected() | psycopg.errors.SerializationFailure():
            return errors.Conflict("Somebody else changed it at the same moment; try again.")
        case psycopg.errors.UniqueViolation():
            # behind a wall that hides whose it is
            return errors.Conflict("There is one like it already; choose another name or number.")
        case psycopg.errors.QueryCanceled():
            return errors.Unavailable("It took too long; ask for less, or try again later.")
        case psycopg.DataError():
            # a value that PostgreSQL can't hold: a NUL character, half a character, too large
            return errors.BadInput("A value doesn't do: it can't be stored or compared.")
    logger.warning("database", problem=type(error).__name__)
    return errors.Unavailable("The database doesn't answer; try again.")


def note_denial(request: Request, error: errors.DunwellError, transactions: Transactions) -> None:
    """Every denial of somebody known, and every failed login, is an event."""
    identity = getattr(request.state, "identity", None)
    login = getattr(request.state, "login", None)
    refused = isinstance(error, errors.Forbidden)
    failed = login is not None and isinstance(
        error, errors.Unauthenticated | errors.TooManyAttempts
    )
    if not (refused or failed):
        return
    who = identity.actor.name if identity else login or "unknown"
    try:
        with transactions.connection() as connection:
            audit.denied(
                connection,
                transactions.today(connection),
                who,
                code=error.code,
                method=request.method,
                route=route_of(request.scope),
                request_id=getattr(request.state, "request_id", ""),
            )
    except (psycopg.Error, errors.Unavailable):
        # the answer is what matters; that the event is missing must be seen
        logger.exception("a denial could not be recorded", code=error.code)
