import socket
from functools import partial

import pytest

from imgopt.settings import settings
from tests.contract.known import make_known


@pytest.fixture
def service(aws, monkeypatch):
    """It knows one thing of each kind, ends its streams early, and asks no name server."""
    monkeypatch.setenv("IMGOPT_STREAM_SECONDS", "0.05")
    monkeypatch.setattr(socket, "getaddrinfo", partial(socket.getaddrinfo, flags=socket.AI_NUMERICHOST))
    settings.cache_clear()
    make_known()
