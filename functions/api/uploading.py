"""Routes of uploads, whose concurrency is limited for each client and for all clients together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from functions.api import shares
from functions.api.rate_limit import LimitedRoute
from functions.api.upload_counts import uncount_if_refused


class UploadRoute(LimitedRoute):
    """Reads a body only once one of the limited places is free. Until then the server does not receive it."""

    @asynccontextmanager
    async def place_for(self, request: Request) -> AsyncIterator[None]:
        client = shares.client_of(request)
        async with (
            uncount_if_refused(request),
            shares.CLIENT_UPLOADS.take(client),
            shares.ALL_UPLOADS.take(shares.SHARED_BY_ALL),
        ):
            yield
