"""What operators see: a line in the log and a measurement for each request, and the nights.

A log line names the route, never the address with its numbers, and who asked by number, never by
name. Metrics have a registry of their own; nights are read from the database when they are asked
for, so that it doesn't matter which process ran them.
"""

import datetime as dt
import time
import uuid
from collections.abc import Iterator

import psycopg
import structlog
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dunwell.db import statements
from dunwell.db.database import Database
from dunwell.domain.errors import Unavailable
from dunwell.engine import watch
from dunwell.features.subscriptions import queries
from dunwell.settings import Settings

_WATCHING = statements.load(__package__, "watching.sql")

logger = structlog.get_logger()

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)


class Watch:
    """The server's metrics."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter(
            "dunwell_requests", "Requests answered.", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "dunwell_request_seconds",
            "How long an answer took.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.registry.register(_Nights(database, settings))
        self.registry.register(_Subscriptions(database))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """All metrics in Prometheus's format."""
        return generate_latest(self.registry)


class _Nights(Collector):
    """Nights, as the database knows them."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    def collect(self) -> Iterator[Metric]:
        """Asked for each time that somebody reads the metrics."""
        late = GaugeMetricFamily(
            "dunwell_night_late", "1 while the night that is due should have been completed."
        )
        failures = GaugeMetricFamily(
            "dunwell_night_failures", "How often the night that is due has broken off."
        )
        since_due = GaugeMetricFamily(
            "dunwell_night_seconds_since_due", "Since when a night is due; 0 while none is."
        )
        runs = GaugeMetricFamily("dunwell_runs", "Nights by status.", labels=["status"])
        age = GaugeMetricFamily(
            "dunwell_last_night_age_days", "Days from the last completed night to today."
        )
        seconds = GaugeMetricFamily("dunwell_last_night_seconds", "How long the last night took.")
        up = GaugeMetricFamily("dunwell_database_up", "Whether the database answers.")
        try:
            with self._database.connect() as connection:
                counted = _WATCHING["runs"].run(connection).fetchall()
                last = _WATCHING["last_night"].run(connection).fetchone()
                standing = watch.nights(connection, self._settings, dt.datetime.now(dt.UTC))
        except (Unavailable, psycopg.Error):
            up.add_metric([], 0)
        else:
            up.add_metric([], 1)
            for status, number in counted:
                runs.add_metric([status], number)
            if last:
                age.add_metric([], last[0])
                seconds.add_metric([], last[1] or 0)
            late.add_metric([], int(standing.is_late))
            failures.add_metric([], standing.failures)
            since_due.add_metric([], standing.seconds_since_due)
        yield from (up, runs, age, seconds, late, failures, since_due)


class _Subscriptions(Collector):
    """How receivers of events do, and whether anybody reads the log for them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        """Asked for each time that somebody reads the metrics."""
        told = {
            name: GaugeMetricFamily(f"dunwell_subscription_{name}", said, labels=["subscription"])
            for name, said in _OF_SUBSCRIPTION.items()
        }
        age = GaugeMetricFamily(
            "dunwell_log_read_age_seconds", "Since the log was last read for new events."
        )
        now = dt.datetime.now(dt.UTC)
        try:
            with self._database.connect() as connection:
                found = queries.health(connection, now)
                age.add_metric([], queries.log_age(connection, now))
        except (Unavailable, psycopg.Error):
            # that the database is down is told by its own metric
            return
        for each in found:
            for name, family in told.items():
                family.add_metric([each.name], float(getattr(each, name)))
        yield from (*told.values(), age)


_OF_SUBSCRIPTION = {
    "failing": "1 while the receiver takes nothing.",
    "waiting": "Events that wait to be sent.",
    "parked": "Events that weren't taken for three days.",
    "waiting_seconds": "For how long the oldest event has waited.",
}


def know_routes(app: FastAPI) -> None:
    """Let an application know its routes by name. FastAPI works them all out for that, which takes
    a second that the first request would have to wait.
    """
    app.state.routes = {
        id(context.original_route): context.path or ""
        for context in iter_route_contexts(app.routes)
    }


def route_of(scope: Scope) -> str:
    """The route that a request took, as the description names it; `none` if there is none."""
    known: dict[int, str] = scope["app"].state.routes
    return known.get(id(scope.get("route")), "none")


class Watched:
    """Wraps the application: a request id, a log line, a measurement, and careful headers."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self._app = app
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = uuid.uuid4().hex
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        status = 500

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        finally:
            seconds = time.perf_counter() - started
            route = route_of(scope)
            # strangers may invent methods; metrics must stay few
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._watch.count(method, route, status, seconds)
            identity = state.get("identity")
            logger.info(
                "request",
                method=method,
                route=route,
                status=status,
                milliseconds=round(seconds * 1000, 1),
                request_id=request_id,
                token=identity.token_id if identity else None,
            )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
