"""The HTTP application. uvicorn and all Lambda functions of the API run the same one."""

from typing import Any

from fastapi import FastAPI

from functions.api.body_size import BodyLimit
from functions.api.cors import add_cors
from functions.api.crashes import CrashHandling
from functions.api.document import add_answers
from functions.api.errors import add_error_handlers
from functions.api.headers import AnswerHeaders
from functions.api.hosts import HostCheck
from functions.api.leases import released_at_the_end
from functions.api.logs import RequestLog
from functions.api.mcp import routes as mcp
from functions.api.origin_secret import OriginSecret
from functions.api.pages.routes import PageRoute
from functions.api.payments import PaymentReceipts
from functions.api.rate_limit import RateLimitHeaders
from functions.api.routers import (
    account,
    account_page,
    api_keys,
    app_page,
    billing,
    callback_secret,
    config,
    device_page,
    devices,
    download,
    health,
    image_urls,
    internal,
    jobs,
    process,
    processing,
    quotes,
    reference,
    sign_in,
    static_files,
    status,
    tinypng,
    upload,
    usage,
)
from functions.api.time_budget import RequestTimeBudget
from functions.api.tinypng.header_case import HeaderCase
from imgopt.billing.mode import report_test_key
from imgopt.image_urls.configuration import check_rules
from imgopt.jobs.service import find_all
from imgopt.jobs.watching import Watcher
from imgopt.payments import offers
from imgopt.settings import settings
from imgopt.version import SERVICE_VERSION

# Each part of a form costs as much time as a request. The service's forms have three parts at most.
FORM_LIMITS: Any = {"max_files": 20, "max_fields": 20, "max_part_size": 65536}
ROUTERS = (
    app_page.router,
    health.router,
    upload.router,
    processing.router,
    quotes.router,
    process.router,
    jobs.router,
    status.router,
    download.router,
    config.router,
    billing.router,
    usage.router,
    api_keys.router,
    devices.router,
    device_page.router,
    account.router,
    callback_secret.router,
    account_page.router,
    sign_in.router,
    tinypng.router,
    image_urls.router,
    app_page.page_router,
    static_files.router,
    internal.router,
    mcp.router,
)
PAGES = {
    route.path for router in (*ROUTERS, reference.router) for route in router.routes if isinstance(route, PageRoute)
}


def build_app() -> FastAPI:
    report_test_key(settings().stripe_api_key)
    check_rules()
    app = FastAPI(
        title="Tinify.ai API",
        description="AI-powered image optimization API",
        version=SERVICE_VERSION,
        form_limits=FORM_LIMITS,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings().docs else None,
        lifespan=released_at_the_end,
    )
    app.state.watcher = Watcher(find_all)
    for router in ROUTERS:
        app.include_router(router)
    if settings().docs:
        app.include_router(reference.router)
    add_answers(app)
    add_error_handlers(app)
    add_middleware(app)
    return app


def add_middleware(app: FastAPI) -> None:
    """Adds the middleware. The one that is added last gets a request first."""
    app.add_middleware(BodyLimit)
    if offers.is_offered():
        app.add_middleware(PaymentReceipts)
    app.add_middleware(RateLimitHeaders)
    app.add_middleware(RequestTimeBudget)
    app.add_middleware(CrashHandling)
    app.add_middleware(RequestLog)
    add_cors(app, pages=PAGES)
    app.add_middleware(HostCheck)
    app.add_middleware(OriginSecret)
    app.add_middleware(AnswerHeaders)
    app.add_middleware(HeaderCase)
