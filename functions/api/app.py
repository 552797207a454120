"""The HTTP application: the same one under uvicorn and behind each Lambda function."""

from fastapi import FastAPI

from functions.api.cors import add_cors
from functions.api.document import add_answers
from functions.api.errors import add_error_handlers
from functions.api.limits import BodyLimit
from functions.api.logs import RequestLog
from functions.api.routers import accounts, billing, config, download, health, internal, processing, status, upload
from imgopt.jobs import service as jobs
from imgopt.jobs.watching import Watcher

ROUTERS = (
    health.router,
    upload.router,
    processing.router,
    status.router,
    download.router,
    config.router,
    billing.router,
    accounts.router,
    internal.router,
)


def build_app() -> FastAPI:
    app = FastAPI(title="Tinify.ai API", description="AI-powered image optimization API", version="1.0.0")
    app.state.watcher = Watcher(jobs.find_all)
    for router in ROUTERS:
        app.include_router(router)
    add_answers(app)
    add_error_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestLog)
    add_cors(app)
    return app
