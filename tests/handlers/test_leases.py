"""The number of streams and downloads that one address may have open."""

import asyncio

import pytest

from functions.api import leases as open_leases
from functions.api.app import build_app
from functions.api.routers import download
from imgopt.quotas import leases
from imgopt.settings import settings
from imgopt.storage import sets, table
from tests import pictures


@pytest.fixture
def completed(submit, run_stages) -> str:
    job = submit(pictures.png())
    run_stages(job["id"])
    return job["id"]


@pytest.fixture
def only_one(monkeypatch):
    """Allows one of a kind."""

    def allow(kind: str) -> None:
        monkeypatch.setenv(f"IMGOPT_MAX_{kind.upper()}_PER_CLIENT", "1")
        settings.cache_clear()

    return allow


@pytest.fixture
def taken(only_one):
    """Allows one of a kind, which some other process has."""

    def take(kind: str) -> None:
        only_one(kind)
        leases.take_lease(kind, "unknown", 1, "")

    return take


@pytest.mark.parametrize("path", ["/status/{}/stream", "/status/stream?job_ids={}"])
def test_streams_of_one_address_are_limited(client, completed, taken, path):
    taken("streams")
    answer = client.get(path.format(completed))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert answer.json()["detail"].startswith("You have too many status streams open.")


@pytest.mark.parametrize("path", ["/download/{}", "/download?job_ids={}"])
def test_large_downloads_of_one_address_are_limited(client, completed, taken, path, monkeypatch):
    taken("downloads")
    monkeypatch.setattr(download, "LARGE_BYTES", 1)
    assert client.get(path.format(completed)).status_code == 429


def test_small_downloads_are_gone_at_once_and_not_counted(client, completed, taken):
    taken("downloads")
    assert client.get(f"/download/{completed}").status_code == 200


def test_closed_streams_are_not_counted(client, completed, only_one):
    only_one("streams")
    assert [client.get(f"/status/{completed}/stream").status_code for _ in range(3)] == [200] * 3


def test_a_server_that_ends_leaves_none_behind(aws):
    app = build_app()

    async def hold_until_it_has_ended() -> frozenset[str]:
        async with open_leases.CLIENT_STREAMS.take("192.0.2.1"):
            async with app.router.lifespan_context(app):
                (item,) = table.scan("LEASES")
            return sets.read({"pk": item["pk"], "sk": item["sk"]})

    assert asyncio.run(hold_until_it_has_ended()) == frozenset()
