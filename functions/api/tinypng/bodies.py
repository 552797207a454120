"""Bodies of TinyPNG's clients. A body is an image, whatever its Content-Type. Only JSON contains an image's URL."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from fastapi import Request
from starlette.datastructures import UploadFile

from functions.api import shares
from imgopt.errors import InvalidRequest
from imgopt.settings import settings
from imgopt.units import MEBIBYTE

JSON_TYPE = "application/json"
NO_SOURCE = (
    'JSON has to be {"source": {"url": "https://…"}}. Send an image itself as raw bytes: in Node as a Buffer,'
    " not as a Uint8Array."
)


def is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == JSON_TYPE


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in a body, also of GET; empty without a body. Raises InvalidRequest if it is not an object."""
    body = await request.body()
    try:
        found = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("The body is not valid JSON.") from error
    if not isinstance(found, dict):
        raise InvalidRequest("The body is JSON, but not an object.")
    return found


async def read_source(request: Request) -> str:
    """The URL of an image. Raises InvalidRequest without one, such as for an image that is written as numbers."""
    body = b""
    async with aclosing(request.stream()) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > settings().max_json_bytes:
                raise InvalidRequest(NO_SOURCE)
    try:
        source = json.loads(body)["source"]["url"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise InvalidRequest(NO_SOURCE) from error
    if not isinstance(source, str):
        raise InvalidRequest(NO_SOURCE)
    return source


@asynccontextmanager
async def read_image(request: Request) -> AsyncIterator[tuple[BinaryIO, int]]:
    """The body in a temporary file, and its size in bytes. It is read once one of the limited places is free."""
    with SpooledTemporaryFile(max_size=MEBIBYTE) as spooled:
        file = UploadFile(cast("BinaryIO", spooled), size=0)
        async with (
            shares.CLIENT_UPLOADS.take(shares.client_of(request)),
            shares.ALL_UPLOADS.take(shares.SHARED_BY_ALL),
            aclosing(request.stream()) as pieces,
        ):
            async for piece in pieces:
                await file.write(piece)
        yield file.file, file.size or 0
