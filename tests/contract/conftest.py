import socket
from functools import partial

import pytest

from imgopt.settings import settings
from tests.contract.known import make_known

LIMITS = (
    *("CREDITS_UNREGISTERED", "RATE_UPLOADS_UNREGISTERED", "RATE_PROCESSING_UNREGISTERED", "RATE_NEW_GUESTS"),
    *("RATE_DEVICE_CODE", "RATE_TOKEN_POLL", "RATE_APPROVE"),
)


@pytest.fixture
def service(aws, monkeypatch):
    """It knows one thing of each kind, ends its streams early, asks no name server, and lets all requests through."""
    monkeypatch.setenv("IMGOPT_STREAM_SECONDS", "0.05")
    for name in LIMITS:
        monkeypatch.setenv(f"IMGOPT_{name}", "1000000")
    monkeypatch.setattr(socket, "getaddrinfo", partial(socket.getaddrinfo, flags=socket.AI_NUMERICHOST))
    settings.cache_clear()
    make_known()
