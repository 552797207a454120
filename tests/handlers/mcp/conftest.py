"""Clients of `/mcp`."""

from collections.abc import Callable
from typing import Any

import pytest

from imgopt.jobs import repository
from imgopt.settings import settings
from tests import pictures
from tests.handlers.mcp.messages import NEWEST, Result, message_of, read_answer

Ask = Callable[..., Any]


@pytest.fixture
def send(client) -> Ask:
    """The HTTP answer to a message."""

    def post(method: str, revision: str = NEWEST, sent: dict[str, str] | None = None, **params: Any) -> Any:
        body, headers = message_of(method, params, revision)
        return client.post("/mcp", json=body, headers=headers | (sent or {}))

    return post


@pytest.fixture
def call(send) -> Ask:
    """The result of a tool."""

    def ask(name: str, revision: str = NEWEST, sent: dict[str, str] | None = None, **arguments: Any) -> Result:
        answer = read_answer(send("tools/call", revision, sent, name=name, arguments=arguments))
        result: Result = answer["result"]
        return result

    return ask


@pytest.fixture
def works_at_once(monkeypatch, run_stages) -> None:
    """Executions end before anybody can ask."""
    monkeypatch.setattr(repository, "start_execution", lambda job: run_stages(job.id))


@pytest.fixture
def uploaded(upload) -> tuple[str, dict[str, str]]:
    """A guest's picture, and its headers."""
    found = upload(pictures.png())
    return found["temp_file_id"], {"X-Session-Token": found["session_token"]}


@pytest.fixture
def configured(monkeypatch):
    def configure(**known: object) -> None:
        for name, value in known.items():
            monkeypatch.setenv(f"IMGOPT_{name.upper()}", str(value))
        settings.cache_clear()

    return configure
