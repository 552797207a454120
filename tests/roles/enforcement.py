"""Checks every call to AWS that a function makes in a test against that function's role, as AWS would.

moto and the local cloud let everybody do everything. Here a handler, and a request to the API by its path, has the role
of its function in the templates while it runs; tests themselves have none, and may do all.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from fastapi import FastAPI

from functions.callbacks import deliver
from functions.schedules import cleanup, reconcile, refresh_credits
from imgopt import derivation
from imgopt.storage import objects
from tests.roles.options import READ, SIGNING, with_options
from tests.roles.policies import Action, Installation, Role
from tests.roles.request_limits import refusals
from tests.roles.requests import actions_of
from tests.roles.routes import Routes
from tests.stage_modules import MODULE_OF_STAGE

HANDLERS = {
    **{name.capitalize(): module for name, module in MODULE_OF_STAGE.items()},
    "Deliver": deliver,
    "Reconcile": reconcile,
    "Cleanup": cleanup,
    "RefreshCredits": refresh_credits,
}
# By whom calls are made at present: a function, by its name, or none, which is the test itself.
NOBODY = ""
caller: ContextVar[str] = ContextVar("caller", default=NOBODY)


class Rights:
    """The role of each function, and which function answers a request. Templates are read once for all tests."""

    def __init__(self, templates: dict[str, Any], names: dict[str, str]) -> None:
        installation = Installation(templates, names)
        self.role: Callable[[str], Role] = cache(lambda name: with_options(name, installation.role(name)))
        self.function_of: Callable[[str, str], str] = cache(Routes(templates["ImgoptApi"]).function_of)


class Enforcement:
    """`refused` is filled in as it goes: what was tried, and by whom."""

    def __init__(self, rights: Rights) -> None:
        self._rights = rights
        self.refused: list[str] = []

    def check(self, operation: str, actions: Iterator[Action]) -> None:
        """Raises what boto3 would."""
        name = caller.get()
        for action in actions:
            if not self._rights.role(name).allows(action):
                self.refused.append(f"{name} may not: {action}")
                raise ClientError({"Error": {"Code": "AccessDenied", "Message": str(action)}}, operation)

    def refuse(self, operation: str, reasons: list[str]) -> None:
        """Refuses a request that AWS would refuse from any caller, with the reasons."""
        self.refused += [f"{caller.get()} asked by {operation}: {reason}" for reason in reasons]
        if reasons:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": reasons[0]}}, operation)

    def judge_calls(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def make_api_call(client: BaseClient, operation: str, params: dict[str, Any]) -> Any:
            if caller.get():
                service = client.meta.service_model.service_name
                self.refuse(operation, refusals(service, operation, params))
                self.check(operation, actions_of(service, operation, params))
            return call(client, operation, params)

        return make_api_call

    def judge_signatures(self, operation: str, sign: Callable[..., Any]) -> Callable[..., Any]:
        """A signed request is made with the rights of the role that signed it."""

        @wraps(sign)
        def sign_one(bucket: str, key: str, **more: Any) -> Any:
            if caller.get():
                self.check(operation, actions_of("s3", operation, {"Bucket": bucket, "Key": key}))
            return sign(bucket, key, **more)

        return sign_one

    def judge_secret(self, read_lines: Callable[..., list[str]]) -> Callable[..., list[str]]:
        """Tests have the service's own secret in a variable; on AWS it is in Secrets Manager."""

        def read_own(**options: Any) -> list[str]:
            if caller.get():
                self.check("GetSecretValue", iter([Action(READ, SIGNING)]))
            return read_lines(**options)

        return read_own

    def judge_requests(self, serve: Callable[..., Any]) -> Callable[..., Any]:
        async def serve_as(app: FastAPI, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                return await serve(app, scope, receive, send)
            with called_by(self._rights.function_of(scope["method"], scope["path"])):
                return await serve(app, scope, receive, send)

        return serve_as


@contextmanager
def enforced(rights: Rights) -> Iterator[Enforcement]:
    """A refused call fails the test, even if the code handles the refusal."""
    known = Enforcement(rights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", known.judge_calls(BaseClient._make_api_call))
        patch.setattr(objects, "presign_download", known.judge_signatures("GetObject", objects.presign_download))
        patch.setattr(objects, "presign_post", known.judge_signatures("PutObject", objects.presign_post))
        patch.setattr(derivation, "_lines", known.judge_secret(derivation._lines))
        patch.setattr(FastAPI, "__call__", known.judge_requests(FastAPI.__call__))
        for name, module in HANDLERS.items():
            patch.setattr(module, "handler", under(name, module.handler))
        yield known
    assert not known.refused, "; ".join(known.refused)


def under(name: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(handler)
    def handle(event: Any, context: Any) -> Any:
        with called_by(name):
            return handler(event, context)

    return handle


@contextmanager
def called_by(name: str) -> Iterator[None]:
    token = caller.set(name)
    try:
        yield
    finally:
        caller.reset(token)
