"""Puts the API together: `create(application)` gives its ASGI application, which
`dunwell.server` serves beside the pages. The nouns are listed once, here.
"""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from asgi_cross_origin_protection import CrossOriginProtection
from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import BaseRoute

from dunwell import __version__
from dunwell.api import (
    accounts,
    actions,
    adjustments,
    ageing,
    agencies,
    alerts,
    bill_units,
    care,
    cases,
    charges,
    configuration,
    connectors,
    contacts,
    credit_alerts,
    disputes,
    draft_templates,
    events,
    experiments,
    failures,
    found_cases,
    health,
    in_step,
    instalments,
    keys,
    letters,
    mirror,
    misspelt,
    notes,
    pay_plans,
    payments,
    payments_received,
    people,
    policy,
    policy_drafts,
    problems,
    promises,
    ratings,
    receivables,
    reminders,
    report_schedules,
    reports,
    runs,
    searching,
    service_agreements,
    session,
    severances,
    sharing_groups,
    sparing,
    statements,
    subscriptions,
    tasks,
    templates,
    to_dos,
    webhooks,
)
from dunwell.api.tmf import accounts as tmf_accounts
from dunwell.api.tmf import collections as tmf_collections
from dunwell.api.tmf import customer_bills as tmf_customer_bills
from dunwell.api.tmf import hubs as tmf_hubs
from dunwell.api.tmf import messages as tmf_messages
from dunwell.api.tmf import payments as tmf_payments
from dunwell.bootstrap import Application
from dunwell.features.payments.gateways import registry
from dunwell.features.tmf.shapes import BASE as TMF
from dunwell.serving import watching
from dunwell.serving.transactions import Transactions

PREFIX = "/api/v1"

NOUNS = (
    *(
        session,
        people,
        keys,
        accounts,
        bill_units,
        found_cases,
        cases,
        actions,
        sparing,
        notes,
        charges,
    ),
    *(payments_received, tasks, promises, instalments, sharing_groups, ageing, runs, policy),
    *(policy_drafts, draft_templates, configuration, contacts, ratings, pay_plans, to_dos),
    *(letters, templates, reminders, payments, statements, webhooks, agencies),
    *(experiments, service_agreements, alerts),
    *(subscriptions, events, searching, severances, failures),
    *(reports, report_schedules),
    *(credit_alerts, mirror),
    *(in_step, connectors),
    *(adjustments, disputes, care),
)

CALLED_BACK = (session, webhooks, connectors)

TMF_NOUNS = (
    *(tmf_accounts, tmf_customer_bills, tmf_payments, tmf_messages, tmf_collections, tmf_hubs),
)


def _routes() -> list[BaseRoute]:
    """What is alike in every installation, so that what FastAPI works out of it, which takes a
    second, serves all of a process.
    """
    router = APIRouter(responses=problems.RESPONSES)
    known = [Depends(misspelt.refuse)]
    for noun in NOUNS:
        # who calls back may add names of its own
        own = [] if noun in CALLED_BACK else known
        router.include_router(noun.router, prefix=PREFIX, dependencies=own)
    for noun in TMF_NOUNS:
        router.include_router(noun.router, prefix=TMF)
    for each in (payments_received.receipts_router, to_dos.any_router):
        router.include_router(each, prefix=PREFIX, dependencies=known)
    router.include_router(health.router)
    return router.routes


ROUTES = _routes()

DESCRIPTION = """\
Collections management: find overdue balances every night, act by the company's policy, and keep
the reason for every decision. Show a key or a session's token as `Authorization: Bearer …`.
"""


def create(application: Application, *, today: Callable[[], dt.date] | None = None) -> FastAPI:
    """The API of an installation; `today` stands in for the clock in tests."""
    settings = application.settings
    fixed = settings.business_date
    clock = today or ((lambda: fixed) if fixed else None)
    transactions = Transactions(application, clock)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        del app
        with transactions, runs.Nights(application) as nights:
            api.state.nights = nights
            yield

    api = FastAPI(
        title="Dunwell",
        version=__version__,
        description=DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        # their pages load scripts from other hosts
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        max_body_size=settings.max_body_size,
        responses=problems.RESPONSES,
        routes=ROUTES,
    )
    api.state.application = application
    api.state.transactions = transactions
    api.state.gateways = registry.of(settings)
    api.state.watch = watching.Watch(application.database, settings)
    problems.handle(api, transactions)
    for large in (receivables, statements):
        api.include_router(large.sized(settings.max_load_size), prefix=PREFIX)
    watching.know_routes(api)
    api.add_middleware(CrossOriginProtection)
    api.add_middleware(watching.Watched, watch=api.state.watch)
    _describe_problems(api)
    return api


def _describe_problems(api: FastAPI) -> None:
    """In the description, too, errors are application/problem+json."""
    describe = api.openapi

    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            problems.mark(describe())
        return describe()

    api.openapi = openapi  # type: ignore[method-assign]
