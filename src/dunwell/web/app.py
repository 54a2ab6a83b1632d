"""Puts the pages together: `create(application, …)` gives their ASGI application, which
`dunwell.server` serves beside the API. The nouns are listed once, here.
"""

from asgi_cross_origin_protection import CrossOriginProtection
from fastapi import APIRouter, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from dunwell.bootstrap import Application
from dunwell.serving.transactions import Transactions
from dunwell.serving.watching import Watch, Watched, know_routes
from dunwell.web import (
    assets,
    credit_alerts,
    errors,
    experiments,
    guard,
    home,
    rendering,
    searching,
    session,
    severances,
    to_dos,
)
from dunwell.web.bill_units import doing, pages, utility
from dunwell.web.configuration import draft, lists, part_pages, people, templates
from dunwell.web.customers import approvals
from dunwell.web.customers import doing as customer_doing
from dunwell.web.customers import pages as customers
from dunwell.web.manager import failures, nights, search, workload
from dunwell.web.reports import pages as reports
from dunwell.web.reports import schedules
from dunwell.web.tasks import doing as task_doing
from dunwell.web.tasks import pages as tasks
from dunwell.web.tasks import to_dos as task_to_dos
from dunwell.web.using import Known

NOUNS = (
    *(home, session),
    *(tasks, task_to_dos, task_doing),
    *(searching, pages, utility, doing),
    *(search, workload, nights, failures),
    # the configuration's own pages come before those of the policy's lists
    *(draft, templates, people, lists, part_pages),
    *(reports, schedules),
    credit_alerts,
    # forms before the parts of a customer's page
    *(approvals, customer_doing, customers),
    *(to_dos, severances, experiments),
)

WORTH_COMPRESSING = 1_000


def _routes() -> list[BaseRoute]:
    """Worked out once for all installations of a process, as those of the API are."""
    router = APIRouter()
    for noun in (*NOUNS, assets):
        router.include_router(noun.router)
    return router.routes


ROUTES = _routes()


def create(application: Application, transactions: Transactions, watch: Watch) -> FastAPI:
    """The pages of an installation, over the server's connections and measurements."""
    largest = application.settings.max_body_size
    app = FastAPI(
        title="Dunwell",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        routes=ROUTES,
    )
    app.state.application = application
    app.state.transactions = transactions
    app.state.using = Known()
    errors.handle(app, transactions)
    know_routes(app)
    app.state.paths = frozenset(app.state.routes.values())
    rendering.environment()
    app.add_middleware(CrossOriginProtection)
    app.add_middleware(GZipMiddleware, minimum_size=WORTH_COMPRESSING)
    # what says how large it is gets a page; what doesn't is counted
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=largest)
    app.add_middleware(
        guard.Limit, largest=largest, refuse=lambda request: errors.too_large(request, largest)
    )
    app.add_middleware(guard.Guard)
    app.add_middleware(Watched, watch=watch)
    return app
