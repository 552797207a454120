"""A service that takes payments, with the double of a facilitator and a payer with money."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from threading import Thread

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from functions.api.app import build_app
from imgopt.accounts.guests import find_by_session_token
from imgopt.credits import ledger
from imgopt.settings import settings
from imgopt.storage import table
from tests import pictures
from tests.direct_client import DirectClient
from tests.handlers import conftest as handlers
from tests.payments import facilitator_double
from tests.payments.facilitator_double import ASSET, ASSET_NAME, NETWORK, PAY_TO, FacilitatorDouble
from tests.payments.payer import Payer

clock_at, log_lines, run_stages, stored, upload = (
    handlers.clock_at,
    handlers.log_lines,
    handlers.run_stages,
    handlers.stored,
    handlers.upload,
)
# Of a credit. A guest has two, and an image costs three.
PRICE = 1000


@dataclass
class Call:
    """A guest's call that lacks one credit, to be made with whatever headers."""

    client: TestClient
    owner: str
    token: str
    temp_file_ids: list[str]

    def __call__(self, headers: dict[str, str] | None = None, path: str = "/auto", **body: object):
        known = {"X-Session-Token": self.token, **(headers or {})}
        return self.client.post(path, json={"temp_file_ids": self.temp_file_ids, **body}, headers=known)

    def bought(self) -> tuple[int, int]:
        """The guest's credits that were bought, and how many of them are used."""
        item = table.get({"pk": f"CREDITS#{self.owner}", "sk": ledger.PURCHASED}) or {}
        return int(item.get("bought", 0)), int(item.get("used", 0))


@pytest.fixture
def facilitator(aws, monkeypatch) -> Iterator[FacilitatorDouble]:
    with facilitator_double.running() as double:
        known = {
            "IMGOPT_X402_PAY_TO": PAY_TO,
            "IMGOPT_X402_FACILITATOR_URL": double.url,
            "IMGOPT_X402_NETWORK": NETWORK,
            "IMGOPT_X402_ASSET": ASSET,
            "IMGOPT_X402_ASSET_NAME": ASSET_NAME,
            "IMGOPT_X402_CREDIT_PRICE": str(PRICE),
            "IMGOPT_X402_SECONDS": "2",
            "IMGOPT_CREDITS_UNREGISTERED": "2",
        }
        for name, value in known.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        yield double


@pytest.fixture
def payer(facilitator) -> Payer:
    from eth_account import Account

    account = Account.create()
    facilitator.funds[account.address.lower()] = 1_000_000
    return Payer(account)


@cache
def app() -> FastAPI:
    """Building the routes takes longer than most tests. What it takes of settings is the same in all of them."""
    return build_app()


@pytest.fixture
def client(facilitator) -> Iterator[TestClient]:
    with DirectClient(app(), raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def new_call(client, upload) -> Callable[[], Call]:
    def make() -> Call:
        answer = upload(pictures.png())
        token = answer["session_token"]
        return Call(client, find_by_session_token(token).id, token, [answer["temp_file_id"]])

    return make


@pytest.fixture
def call(new_call) -> Call:
    return new_call()


@pytest.fixture
def server(facilitator) -> Iterator[str]:
    """The same over HTTP: its address."""
    config = uvicorn.Config(app(), port=0, log_level="error", lifespan="off")
    running = uvicorn.Server(config)
    socket = config.bind_socket()
    socket.listen()
    thread = Thread(target=running.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    running.should_exit = True
    thread.join()
    socket.close()
