"""Programs of other projects as clients. `mcp_server.py` and `plugin.py` have their calls."""

import pytest

from imgopt import clock
from imgopt.accounts import api_keys, repository
from imgopt.accounts.model import User
from imgopt.tagging import service as tagging
from imgopt.tagging.model import ImageTags
from tests.clients.mcp_server import McpServer
from tests.clients.plugin import Plugin
from tests.handlers import conftest as handlers

client, run_stages, clock_at, stored = handlers.client, handlers.run_stages, handlers.clock_at, handlers.stored
WORDS = ImageTags("A kite over a beach.", ("kite", "beach", "sky"), "kite-over-a-beach", "somebody")


@pytest.fixture(autouse=True)
def words(monkeypatch):
    """Every picture shows the same."""

    class Tagger:
        def tag(self, image, language):
            return WORDS

    monkeypatch.setattr(tagging, "tagger", Tagger)


@pytest.fixture
def mcp(client, run_stages):
    return McpServer(client, run_stages)


@pytest.fixture
def key(aws) -> str:
    user = repository.add_user(User("user-1", "owner@example.com", clock.now()))
    return api_keys.create(user.id, "site")[1]


@pytest.fixture
def plugin(client, run_stages, key):
    return Plugin(client, run_stages, key)
