"""Errors as problem details (RFC 9457), each kind of Dunwell's errors mapped once.

`code` is stable and for machines; `detail` is for people and names the value and the remedy.
"""

from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from dunwell.domain import errors
from dunwell.serving import failures
from dunwell.serving.transactions import Transactions

logger = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


class WrongValue(BaseModel):
    """A value in the request that doesn't do, and where."""

    at: str = Field(examples=["body.roles.0"])
    message: str


class Problem(BaseModel):
    """What went wrong."""

    type: str = Field(examples=["urn:dunwell:problem:not_found"])
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable, for machines.")
    request_id: str
    rule: str | None = Field(default=None, description="The rule of the business that forbids it.")
    problems: list[str] | None = Field(default=None, description="What is wrong with a policy.")
    values: list[WrongValue] | None = Field(default=None, description="What is wrong in a request.")
    report: dict[str, Any] | None = Field(default=None, description="What a refused load found.")


_MEANINGS = {
    400: "The request can't be read.",
    401: "No token, or one that is unknown or has ended.",
    403: "The permission, or a brand, is missing.",
    404: "There is no such thing, or it belongs to another brand.",
    409: "Somebody else is at it; trying again may work.",
    412: "It has been changed meanwhile.",
    422: "A value doesn't do, or a rule of the business forbids it.",
    429: "Too many failed logins; `Retry-After` says how long to wait.",
    503: "The database or another service doesn't answer.",
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    **{status: {"model": Problem, "description": meaning} for status, meaning in _MEANINGS.items()},
    # answered before anything of ours is asked
    413: {
        "description": "The body is too large.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    },
}


def mark(schema: dict[str, Any]) -> None:
    """Describe errors as what they are: application/problem+json."""
    for path in schema["paths"].values():
        for operation in path.values():
            for status, answer in operation.get("responses", {}).items():
                content = answer.get("content", {})
                if status >= "400" and "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")


def answer(
    request: Request,
    status: int,
    title: str,
    code: str,
    detail: str,
    headers: dict[str, str] | None = None,
    **facts: Any,
) -> Response:
    """One problem as an answer."""
    problem = Problem(
        type=f"urn:dunwell:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        request_id=getattr(request.state, "request_id", ""),
        **facts,
    )
    told = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(told, status, headers, media_type=MEDIA_TYPE)


def handle(api: FastAPI, transactions: Transactions) -> None:
    """Let the API answer every error as a problem."""

    def expected(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.DunwellError)
        failures.note_denial(request, error, transactions)
        return of_error(request, error)

    def database(request: Request, error: Exception) -> Response:
        return of_error(request, failures.of_database(error))

    api.add_exception_handler(errors.DunwellError, expected)
    for kind in (psycopg.OperationalError, psycopg.DataError):
        api.add_exception_handler(kind, database)
    api.add_exception_handler(RequestValidationError, _validation)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _unexpected)


def of_error(request: Request, error: errors.DunwellError) -> Response:
    """An expected error, with its facts."""
    status, title = failures.status_of(error)
    headers: dict[str, str] = {}
    facts: dict[str, Any] = {}
    if isinstance(error, errors.RuleViolation):
        facts["rule"] = error.rule
    if isinstance(error, errors.BadPolicy):
        facts["problems"] = list(error.problems)
    if isinstance(error, errors.TooManyAttempts):
        headers["Retry-After"] = str(error.seconds)
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return answer(request, status, title, error.code, error.message, headers, **facts)


def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = [_wrong_value(each) for each in error.errors()]
    said = "; ".join(f"{each.at}: {each.message}" for each in wrong[:5])
    return answer(request, 422, "Can't be done so", "bad_request", said, values=wrong)


def _wrong_value(found: dict[str, Any]) -> WrongValue:
    if found["type"] == "json_invalid":
        where, why = found["loc"][-1], found["ctx"]["error"]
        return WrongValue(at="body", message=f"is no JSON: {why}, at the character {where}")
    return WrongValue(at=".".join(map(str, found["loc"])), message=found["msg"])


_SAID = {
    404: "There is no address {path}; /api/v1/openapi.json describes those that there are.",
    405: "{path} can't be asked with {method}; the header Allow names what it can.",
}
"""Instead of the words of the framework."""


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 400: "bad_request"}
    code = words.get(error.status_code, f"http_{error.status_code}")
    headers = dict(error.headers or {})
    said = str(error.detail)
    if error.status_code in _SAID:
        said = _SAID[error.status_code].format(path=request.url.path, method=request.method)
    return answer(request, error.status_code, "Can't be done so", code, said, headers)


def _unexpected(request: Request, error: Exception) -> Response:
    logger.error("unexpected", exc_info=error, request_id=getattr(request.state, "request_id", ""))
    said = "Something went wrong here; the log has it under the request's id."
    return answer(request, 500, "Failed", "failure", said)
