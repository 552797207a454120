"""Counts uploads before they are read. Without a credential, the new guest and the bytes are counted in one write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fastapi import Depends, Request, params
from fastapi.concurrency import run_in_threadpool
from starlette.types import Scope

from functions.api import shares
from functions.api.body_size import announced_length
from functions.api.rate_limit import RateLimit, by_address_of_anonymous, quota_statuses_of
from imgopt.accounts.model import Principal
from imgopt.accounts.plans import Tier
from imgopt.errors import Unavailable
from imgopt.quotas import service as quotas
from imgopt.quotas.rules import NEW_GUESTS, UPLOADED_BYTES


@dataclass(frozen=True)
class CountedBytes:
    """Bytes that were counted under `key` before the body was read. `resets_at` is in seconds since 1970."""

    key: str
    amount: int
    resets_at: int


@dataclass(frozen=True)
class NewGuestLimit(RateLimit):
    """Counts a new guest, and the bytes of the body if it has a length. Else they are counted once it is read."""

    def count(self, request: Request) -> None:
        counted = by_address_of_anonymous(request)
        if counted is None:
            return
        length = announced_bytes(request.scope)
        amounts = [(NEW_GUESTS, 1), *([(UPLOADED_BYTES, length)] if length else [])]
        guest, *of_bytes = quotas.count_together(amounts, *counted)
        if guest.is_refused or not any(each.is_refused for each in of_bytes):
            quota_statuses_of(request.scope).append(guest)
        for status in (guest, *of_bytes):
            quotas.admit(status)
        if length:
            request.state.counted_bytes = CountedBytes(counted[0], length, guest.resets_at)


def limit_guests_and_bytes() -> params.Depends:
    dependency: params.Depends = Depends(NewGuestLimit(NEW_GUESTS))
    return dependency


def announced_bytes(scope: Scope) -> int:
    """The body's length in bytes; 0 if it is not known. On Lambda it is measured: the header may be missing."""
    event = scope.get("aws.event")
    if event is None:
        return announced_length(scope)
    body = event.get("body") or ""
    return len(body) * 3 // 4 if event.get("isBase64Encoded") else len(body.encode())


def count_bytes(request: Request, principal: Principal | None, size: int) -> None:
    """Counts the bytes of an upload that were not counted before its body was read, by user or by guest's address.

    Raises RateLimited if they exceed the limit of a day.
    """
    tier = principal.tier if principal else Tier.UNREGISTERED
    known: CountedBytes | None = getattr(request.state, "counted_bytes", None)
    quotas.spend(UPLOADED_BYTES, shares.client_of(request), tier, max(0, size - (known.amount if known else 0)))


@asynccontextmanager
async def uncount_if_refused(request: Request) -> AsyncIterator[None]:
    """Takes counted bytes back if the upload is refused."""
    try:
        yield
    except Exception:
        known: CountedBytes | None = getattr(request.state, "counted_bytes", None)
        if known:
            await run_in_threadpool(_take_back, known)
        raise


def _take_back(known: CountedBytes) -> None:
    with suppress(Unavailable):  # the client gets the error of its upload
        quotas.take_back(UPLOADED_BYTES, known.key, known.amount, known.resets_at)
