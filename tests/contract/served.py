"""The application that tests of documents share, because generating its document takes a third of a second."""

from functools import cache

from fastapi import FastAPI

from functions.api.app import build_app


@cache
def served_app() -> FastAPI:
    return build_app()
