"""A generic pull over HTTP: a URL that answers with JSON, and where in it our columns stand.

The answer's rows are mapped to the columns of a kind of load file. A cursor, taken from the answer
or from the newest row, is kept and given back with the next call. Calls go where webhooks may go:
to public addresses over HTTPS, and to networks that settings allow.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import httpcore2
import httpx2
from pydantic import BaseModel, ConfigDict, Field

from dunwell.domain.errors import BadInput, Unavailable
from dunwell.features.connectors.entries import Entry, read
from dunwell.features.receivables.kinds import named
from dunwell.features.subscriptions.addresses import Network, check_url
from dunwell.features.subscriptions.guarded import Deadline, client
from dunwell.plugins.connecting import Connector, Found, Rows, Wanted
from dunwell.plugins.specs import hookimpl

SECONDS = 60.0
LARGEST = 50_000_000
MOST_PAGES = 10_000


class Following(BaseModel):
    """How to ask for what follows."""

    model_config = ConfigDict(extra="forbid")

    parameter: Annotated[str, Field(min_length=1, max_length=100)]
    path: Annotated[str, Field(min_length=1, max_length=200)]
    of: Literal["answer", "rows"] = "answer"
    """Whether the path leads from the answer, or from each row (then the greatest text counts)."""


class PullEntry(Entry):
    """Where to ask, and what the answer means."""

    url: Annotated[str, Field(min_length=1, max_length=2000)]
    kind: str
    columns: Annotated[dict[str, str], Field(min_length=1)]
    """By column of the load file: the path of its value in a row, such as `customer.number`."""
    constants: dict[str, str] = Field(default_factory=dict)
    """Columns with the same value in every row, such as `system`."""
    rows: str = ""
    """The path of the list of rows in the answer; empty: the answer is the list."""
    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")] = "Authorization"
    """The header that carries the connector's secret."""
    cursor: Following | None = None


class Pull:
    """One address."""

    def __init__(
        self, name: str, entry: PullEntry, secret: str | None, networks: Sequence[Network]
    ) -> None:
        self.name = name
        self.every = entry.every
        self._entry = entry
        self._secret = secret
        self._networks = networks
        named(entry.kind)
        check_url(entry.url, networks)

    def fetch(self, cursor: Any) -> Iterator[Found]:
        """Page after page, until one has no rows or no further cursor."""
        deadline = Deadline(SECONDS)
        with client(self._entry.url, self._networks, deadline) as http:
            for _ in range(MOST_PAGES):
                answer = self._ask(http, deadline, cursor)
                rows = _at(answer, self._entry.rows) if self._entry.rows else answer
                if not isinstance(rows, list):
                    raise Unavailable(f"{self.name}: the answer has no list of rows.")
                following = self._following(answer, rows)
                mapped = [self._row(each) for each in rows]
                loads = [Rows(self._entry.kind, mapped)] if mapped else []
                yield Found(loads, cursor=cursor if following is None else following)
                if following is None or following == cursor or not rows:
                    return
                cursor = following
        raise Unavailable(f"{self.name}: more than {MOST_PAGES} pages; is its cursor right?")

    def _ask(self, http: httpx2.Client, deadline: Deadline, cursor: Any) -> Any:
        given = self._entry.cursor
        asked = {given.parameter: str(cursor)} if given and cursor is not None else {}
        headers = {"accept": "application/json"}
        if self._secret:
            headers[self._entry.header] = self._secret
        # `params=` would drop the address's own query
        url = httpx2.URL(self._entry.url).copy_merge_params(asked)
        deadline.set()
        try:
            with http.stream("GET", url, headers=headers) as response:
                if not response.is_success:
                    raise Unavailable(
                        f"{self.name}: the other side answered {response.status_code}."
                    )
                body = bytearray()
                for piece in response.iter_raw():
                    body += piece
                    if len(body) > LARGEST:
                        raise Unavailable(f"{self.name}: an answer is larger than {LARGEST} bytes.")
        except BadInput as refused:
            raise Unavailable(f"{self.name}: {refused.message}") from refused
        except (httpx2.HTTPError, httpx2.InvalidURL, httpcore2.ReadTimeout) as failure:
            # the class says what is wrong; the text may name the address with its parameters
            raise Unavailable(f"{self.name}: no answer ({type(failure).__name__}).") from failure
        try:
            # numbers as they were written: an amount stays exact
            return json.loads(body, parse_float=str, parse_int=str)
        except (ValueError, RecursionError) as failure:
            raise Unavailable(f"{self.name}: the answer is not JSON.") from failure

    def _following(self, answer: Any, rows: Sequence[Any]) -> str | None:
        given = self._entry.cursor
        if given is None:
            return None
        if given.of == "answer":
            found = _at(answer, given.path)
            return str(found) if found not in (None, "", False) else None
        values = [str(value) for each in rows if (value := _at(each, given.path)) is not None]
        return max(values, default=None)

    def _row(self, given: Any) -> Mapping[str, Any]:
        mapped = {name: _plain(_at(given, path)) for name, path in self._entry.columns.items()}
        return {**self._entry.constants, **mapped}


def _at(value: Any, path: str) -> Any:
    """What stands at a path like `customer.addresses.0.city`; none if nothing does."""
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


@hookimpl
def connectors(wanted: Wanted) -> Sequence[Connector]:
    """The entries of the type `http`."""
    return [
        Pull(name, read(PullEntry, name, given), wanted.secrets.get(name), wanted.networks)
        for name, given in wanted.of_type("http")
    ]
