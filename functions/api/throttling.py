"""Limits on rates at the routes: `dependencies=[limit("uploads")]` counts each request of a route, by its rule.

Answers of such a route say where the client stands, refusals among them: `X-RateLimit-Limit`, `-Remaining`, and
`-Reset`, in seconds since 1970.
"""

from collections.abc import Callable

from fastapi import Depends, Request, params
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.addresses import origin_of
from functions.api.deps import Asking
from imgopt import clock
from imgopt.accounts.plans import Tier
from imgopt.errors import RateLimited
from imgopt.quotas import service as quotas
from imgopt.quotas.rules import RULES, Counted, Rule
from imgopt.quotas.service import Standing

Dependency = Callable[..., None]
PREFIX = "X-RateLimit"


def limit(name: str) -> params.Depends:
    """Answers 429 beyond the limit of the rule, with `Retry-After`, and 503 where it can't be counted."""
    rule = RULES[name]
    dependency: params.Depends = Depends(COUNTING[rule.counted](rule))
    return dependency


def by_address(rule: Rule) -> Dependency:
    def count_request(request: Request) -> None:
        count(request, rule, origin_of(request))

    return count_request


def by_principal(rule: Rule) -> Dependency:
    def count_request(request: Request, asking: Asking) -> None:
        if asking:
            count(request, rule, asking.id, asking.tier)
        else:
            count(request, rule, origin_of(request))

    return count_request


def by_stranger(rule: Rule) -> Dependency:
    def count_request(request: Request, asking: Asking) -> None:
        if asking is None:
            count(request, rule, origin_of(request))

    return count_request


def by_device_code(rule: Rule) -> Dependency:
    """A request without one is refused as it is."""

    def count_request(request: Request) -> None:
        if code := request.query_params.get("device_code"):
            count(request, rule, code)

    return count_request


COUNTING: dict[Counted, Callable[[Rule], Dependency]] = {
    Counted.ADDRESS: by_address,
    Counted.PRINCIPAL: by_principal,
    Counted.STRANGER: by_stranger,
    Counted.DEVICE_CODE: by_device_code,
}


def count(request: Request, rule: Rule, key: str, tier: Tier = Tier.UNREGISTERED) -> None:
    standing = quotas.count(rule, key, tier)
    request.scope.setdefault("state", {}).setdefault("standings", []).append(standing)
    if standing.is_refused:
        seconds = standing.seconds_left(clock.now())
        raise RateLimited(f"{rule.message} Try again in {seconds} s.", seconds)


class RateLimitHeaders:
    """Tells of the rule that leaves the least, unless the answer tells of a limit of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), scope.get("state", {}).get("standings", []))
            await send(message)

        await self.app(scope, receive, told)


def add_headers(headers: MutableHeaders, standings: list[Standing]) -> None:
    if not standings or any(name.startswith(PREFIX.lower()) for name in headers):
        return
    tightest = min(standings, key=lambda each: (not each.is_refused, each.remaining))
    headers[f"{PREFIX}-Limit"] = str(tightest.limit)
    headers[f"{PREFIX}-Remaining"] = str(tightest.remaining)
    headers[f"{PREFIX}-Reset"] = str(tightest.resets_at)
