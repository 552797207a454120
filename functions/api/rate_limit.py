"""Rate limits of routes: `dependencies=[limit("uploads")]` counts each request of a route by the rule `uploads`.

Rules that count by principal need a route of the class `LimitedRoute`. The answers of such a route have the headers
`X-RateLimit-Limit`, `X-RateLimit-Remaining`, and `X-RateLimit-Reset` in seconds since 1970.
"""

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request, Response, params
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.addresses import origin_of
from functions.api.deps import ForwardedFor, Hidden, SessionToken, note_principal, run_by_credential
from imgopt import audit
from imgopt.accounts.model import Principal
from imgopt.accounts.plans import Tier
from imgopt.devices import service as devices
from imgopt.quotas import service as quotas
from imgopt.quotas.rules import RULES, Counted, Rule
from imgopt.quotas.service import QuotaStatus

HEADER_PREFIX = "X-RateLimit"
# Returns the key and tier that a request is counted by; None if the rule does not apply to it.
RequestCounting = Callable[[Request], tuple[str, Tier] | None]


def limit(name: str) -> params.Depends:
    """A dependency that answers 429 with `Retry-After` beyond the limit, and 503 if the request can't be counted."""
    dependency: params.Depends = Depends(RateLimit(RULES[name]))
    return dependency


@dataclass(frozen=True)
class RateLimit:
    """A dependency that counts a request, unless its route is a `LimitedRoute`, which has counted it already."""

    rule: Rule

    async def __call__(self, request: Request) -> None:
        if all(each.rule != self.rule for each in quota_statuses_of(request.scope)):
            await run_in_threadpool(self.count, request)

    def count(self, request: Request) -> None:
        count_by_rule(request, self.rule)


class LimitedRoute(APIRoute):
    """Authenticates and counts a request before its body is read. The body of a refused request is not parsed.

    FastAPI itself would read the body before it calls dependencies.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if not self.dependencies:  # a preflight: it has no credential, and is not counted
            return handle

        async def admit(request: Request) -> Response:
            session_token, authorization = self.credentials_of(request)
            audit.set_origin(origin_of(request))
            identify_and_count = partial(self.identify_and_count, request, session_token, authorization)
            await run_by_credential(authorization, identify_and_count)
            async with self.place_for(request):
                return await handle(request)

        return admit

    def credentials_of(self, request: Request) -> tuple[str | None, str | None]:
        """The session token and the Authorization header of the request, each None if absent."""
        return request.headers.get("x-session-token"), request.headers.get("authorization")

    def place_for(self, request: Request) -> AbstractAsyncContextManager[None]:
        """A context that is open while the request is read and handled. Subclasses limit concurrency with it."""
        return nullcontext()

    def identify_and_count(self, request: Request, session_token: str | None, authorization: str | None) -> None:
        """Authenticates and counts in one thread, as each change of threads costs time."""
        request.state.principal = note_principal(request, session_token, authorization)
        for each in self.dependencies:
            each.dependency.count(request)  # type: ignore[union-attr]  # a RateLimit


async def find_rate_limited(
    request: Request,
    x_session_token: SessionToken = None,
    x_forwarded_for: ForwardedFor = None,
    authorization: Hidden = None,
) -> Principal | None:
    """The principal that the route has found. The parameters are here for the served document."""
    principal: Principal | None = request.state.principal
    return principal


RateLimitedPrincipal = Annotated[Principal | None, Depends(find_rate_limited)]


def by_address(request: Request) -> tuple[str, Tier]:
    return origin_of(request), Tier.UNREGISTERED


def by_principal(request: Request) -> tuple[str, Tier]:
    principal: Principal | None = request.state.principal
    return (principal.id, principal.tier) if principal else by_address(request)


def by_address_of_anonymous(request: Request) -> tuple[str, Tier] | None:
    return None if request.state.principal else by_address(request)


def by_device_code(request: Request) -> tuple[str, Tier] | None:
    """The device code of the query as the key. None if it can't be a code: each counted one makes an item."""
    code = request.query_params.get("device_code", "")
    return (code, Tier.UNREGISTERED) if devices.could_be_code(code) else None


COUNTING: dict[Counted, RequestCounting] = {
    Counted.ADDRESS: by_address,
    Counted.PRINCIPAL: by_principal,
    Counted.STRANGER: by_address_of_anonymous,
    Counted.DEVICE_CODE: by_device_code,
}


def count_by_rule(request: Request, rule: Rule) -> None:
    counted = COUNTING[rule.counted](request)
    if counted:
        count_request(request, rule, *counted)


def count_request(request: Request, rule: Rule, key: str, tier: Tier = Tier.UNREGISTERED) -> None:
    status = quotas.count(rule, key, tier)
    quota_statuses_of(request.scope).append(status)
    quotas.admit(status)


def quota_statuses_of(scope: Scope) -> list[QuotaStatus]:
    """The statuses of all rules by which the request was counted."""
    known: list[QuotaStatus] = scope.setdefault("state", {}).setdefault("quota_statuses", [])
    return known


class RateLimitHeaders:
    """Middleware that adds the headers of the rule with the fewest requests left, unless the answer has its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_rate_limit_headers(MutableHeaders(scope=message), quota_statuses_of(scope))
            await send(message)

        await self.app(scope, receive, send_with_limits)


def add_rate_limit_headers(headers: MutableHeaders, statuses: list[QuotaStatus]) -> None:
    if not statuses or any(name.startswith(HEADER_PREFIX.lower()) for name in headers):
        return
    tightest = min(statuses, key=lambda each: (not each.is_refused, each.remaining))
    headers[f"{HEADER_PREFIX}-Limit"] = str(tightest.limit)
    headers[f"{HEADER_PREFIX}-Remaining"] = str(tightest.remaining)
    headers[f"{HEADER_PREFIX}-Reset"] = str(tightest.resets_at)
