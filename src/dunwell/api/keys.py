"""API keys: what machines show. For administrators; a secret is shown once."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api import versions
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.people import Brands
from dunwell.api.values import Given, Line, PathId, Shown, Whole
from dunwell.api.versions import Seen
from dunwell.features.access import keys
from dunwell.features.access.actor import Operation, Permission

router = APIRouter(prefix="/keys", tags=["keys"])

Administrator = Annotated[Caller, may(Permission.ADMINISTER, everywhere=True)]

Days = Annotated[Whole, Field(ge=1, le=keys.LONGEST_LIFE, description="How long it lives.")]


class NewKey(Given):
    """A key to be."""

    name: Annotated[Line, Field(max_length=keys.LONGEST_NAME)]
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=len(Permission))]
    brands: Brands
    days: Days = 365


class Rotation(Given):
    """How long the old key still works, and the new one lives."""

    overlap_hours: Annotated[Whole, Field(ge=0, le=keys.LONGEST_OVERLAP)] = 24
    days: Days = 365


class Key(Shown):
    """A machine's key, without the secret."""

    id: int
    name: str
    scopes: list[str]
    brands: list[str] | None
    created_by: str
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None
    active: bool


class MadeKey(Key):
    """A new key. The secret is shown this once; a repetition of the request shows null."""

    secret: str | None


def _made(result: tuple[keys.Key, str]) -> MadeKey:
    key, secret = result
    return MadeKey(**Key.model_validate(key).model_dump(), secret=secret)


def _without_secret(made: MadeKey) -> MadeKey:
    return made.model_copy(update={"secret": None})


@router.get("")
def list_keys(caller: Administrator, limit: Limit = 100, after: After = None) -> Page[Key]:
    """Every key, by number, ended ones too."""
    (last,) = key_of(after, int, first=[0])
    with caller.oversee() as operation:
        found = keys.every(operation, after=last, limit=limit + 1)
    shown, following = page(found, limit, lambda key: [key.id])
    return Page(items=[Key.model_validate(key) for key in shown], next=following)


@router.post("", status_code=201, response_model=MadeKey)
def add_key(given: NewKey, caller: Administrator, _key: IdempotencyKey = None) -> Response:
    """A new key for a machine."""
    return caller.once(
        lambda operation: _made(
            keys.add(operation, given.name, given.scopes, given.brands, days=given.days)
        ),
        given,
        location=lambda key: f"/api/v1/keys/{key.id}",
        kept=_without_secret,
        walled=False,
    )


@router.get("/{key_id}")
def show_key(key_id: PathId, caller: Administrator, response: Response) -> Key:
    """One key."""
    with caller.oversee() as operation:
        found = Key.model_validate(keys.get(operation, key_id))
    versions.show(response, _changeable(found))
    return found


def _changeable(key: Key) -> tuple[object, ...]:
    """What a caller decides; the last use changes all the time."""
    return (key.expires_at, key.active)


def _check(operation: Operation, seen: Seen, key_id: int) -> None:
    seen.check(operation, lambda: _changeable(Key.model_validate(keys.get(operation, key_id))))


@router.post("/{key_id}/rotate", status_code=201, response_model=MadeKey)
def rotate_key(
    key_id: PathId, given: Rotation, caller: Administrator, seen: Seen, _key: IdempotencyKey = None
) -> Response:
    """A successor with the same name, scopes and brands; the old one works for a while yet."""

    def verb(operation: Operation) -> MadeKey:
        _check(operation, seen, key_id)
        return _made(
            keys.rotate(operation, key_id, overlap_hours=given.overlap_hours, days=given.days)
        )

    return caller.once(
        verb,
        given,
        location=lambda key: f"/api/v1/keys/{key.id}",
        kept=_without_secret,
        walled=False,
    )


@router.post("/{key_id}/revoke", response_model=Key)
def revoke_key(
    key_id: PathId, caller: Administrator, seen: Seen, _key: IdempotencyKey = None
) -> Response:
    """End a key at once."""

    def verb(operation: Operation) -> Key:
        _check(operation, seen, key_id)
        return Key.model_validate(keys.revoke(operation, key_id))

    return caller.once(verb, status=200, walled=False)
