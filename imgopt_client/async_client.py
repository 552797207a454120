"""The client for asyncio programs: each call runs in a thread."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Self, Unpack

import httpx2

from imgopt_client.client import Client, Image
from imgopt_client.naming import DEFAULT_STEM
from imgopt_client.quoting import FileQuote
from imgopt_client.responses import JsonObject
from imgopt_client.result import FinishedJob, OptimizedImage
from imgopt_client.settings import ImageSettings


class AsyncOptimizedImage(FinishedJob):
    """A completed job, whose file can be downloaded."""

    async def save(self, to: str | Path = ".", *, overwrite: bool = False) -> Path:
        """See `OptimizedImage.save`."""
        return await asyncio.to_thread(partial(self._result().save, to, overwrite=overwrite))

    async def read(self) -> bytes:
        """The bytes of the file."""
        return await asyncio.to_thread(self._result().read)

    def _result(self) -> OptimizedImage:
        return OptimizedImage(self.connection, self.job, self.warnings)


class AsyncClient:
    """A `Client` with awaitable methods.

    As many calls run at a time as the event loop's executor has threads. If a call is cancelled, its thread runs until
    its job ends or the client is closed. The job continues on the server.
    """

    def __init__(
        self,
        server: str | None = None,
        *,
        api_key: str | None = None,
        http: httpx2.Client | None = None,
        plain_http: bool = False,
    ) -> None:
        self.client = Client(server, api_key=api_key, http=http, plain_http=plain_http)

    async def optimize(
        self, image: Image, *, file_name: str = DEFAULT_STEM, **settings: Unpack[ImageSettings]
    ) -> AsyncOptimizedImage:
        call = partial(self.client.optimize, image, file_name=file_name, **settings)
        done = await asyncio.to_thread(call)
        return AsyncOptimizedImage(done.connection, done.job, done.warnings)

    async def quote(
        self, image: Image, *, file_name: str = DEFAULT_STEM, **settings: Unpack[ImageSettings]
    ) -> FileQuote:
        return await asyncio.to_thread(partial(self.client.quote, image, file_name=file_name, **settings))

    async def account(self) -> JsonObject:
        return await asyncio.to_thread(self.client.account)

    async def close(self) -> None:
        await asyncio.to_thread(self.client.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
