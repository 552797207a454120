import socket
from functools import partial

import pytest

from imgopt.settings import settings
from local.demo_limits import HIGH_LIMIT, RAISED_LIMITS
from tests.billing.billing_setup import set_up_billing
from tests.contract.fixtures import make_user, store_fixtures


@pytest.fixture
def service(aws, monkeypatch):
    """A service with one object of each kind, short streams, no name server, and no rate limits."""
    monkeypatch.setenv("IMGOPT_STREAM_SECONDS", "0.05")
    for name in (*RAISED_LIMITS, "RATE_TOKEN_POLL", "RATE_POLLS_BY_ADDRESS"):
        monkeypatch.setenv(f"IMGOPT_{name}", HIGH_LIMIT)
    monkeypatch.setattr(socket, "getaddrinfo", partial(socket.getaddrinfo, flags=socket.AI_NUMERICHOST))
    settings.cache_clear()
    store_fixtures()


@pytest.fixture
def credentials(service, issuer, monkeypatch):
    """The credentials of a user, with a shop that is set up."""
    with set_up_billing(monkeypatch):
        yield make_user(issuer)
