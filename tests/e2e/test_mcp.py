"""`/mcp`, by the protocol's official client, at both addresses of the embedded cloud."""

from base64 import b64decode
from contextlib import asynccontextmanager
from io import BytesIO

import anyio
import httpx2
import pytest
from PIL import Image

from tests import pictures

NEWEST, HANDSHAKE = "2026-07-28", "legacy"


@asynccontextmanager
async def connected(client: httpx2.Client, mode: str):
    """Yields the connection of a guest with a picture, and the picture's id."""
    from mcp.client.client import Client  # takes half a second, of each process that collects tests
    from mcp.client.streamable_http import streamable_http_client

    picture = pictures.encode(Image.new("RGB", (64, 64), "red"), "PNG")
    found = client.post("/upload", files={"file": ("hero.png", picture)}).raise_for_status().json()
    headers = {**client.headers, "X-Session-Token": found["session_token"]}
    async with httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as http:
        transport = streamable_http_client(f"{str(client.base_url).rstrip('/')}/mcp", http_client=http)
        async with Client(transport, mode=mode) as connection:
            yield connection, found["temp_file_id"]


@pytest.mark.parametrize("mode", [NEWEST, HANDSHAKE])
def test_a_client_optimizes_an_upload(client, mode):
    async def work() -> None:
        async with connected(client, mode) as (connection, temp_file_id):
            assert len((await connection.list_tools()).tools) == 5
            asked = {"temp_file_id": temp_file_id, "output_format": "webp"}
            check_picture(await connection.call_tool("optimize_image", asked))
            account = await connection.call_tool("account_status", {})
            assert account.structured_content["is_guest"]

    anyio.run(work)


@pytest.mark.parametrize("client", ["uvicorn"], indirect=True)
def test_a_client_is_told_of_progress_while_an_upload_is_described(client):
    told = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    async def work() -> None:
        async with connected(client, NEWEST) as (connection, temp_file_id):
            asked = {"temp_file_id": temp_file_id}
            described = await connection.call_tool("describe_image", asked, progress_callback=note)
            assert "red" in described.structured_content["seo_alt_text"].lower(), described

    anyio.run(work)
    assert told[-1] == (3, 3, "completed")


def check_picture(result) -> None:
    assert result.structured_content["status"] == "completed", result
    (image,) = (each for each in result.content if each.type == "image")
    assert Image.open(BytesIO(b64decode(image.data))).format == "WEBP"
    (link,) = (each for each in result.content if each.type == "resource_link")
    assert httpx2.get(link.uri, trust_env=False).raise_for_status().content == b64decode(image.data)
