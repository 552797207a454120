"""A fake server, a client for it, and a temporary home folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from imgopt_client.cli import main
from imgopt_client.connection import Connection, connect
from imgopt_client.identity import Identity
from tests.client.server import IMAGE, SERVER, FakeServer


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def http(server) -> Iterator[httpx2.Client]:
    with httpx2.Client(transport=httpx2.MockTransport(server)) as client:
        yield client


@pytest.fixture
def slept() -> list[float]:
    """The pauses that the client would have made, in seconds."""
    return []


@pytest.fixture
def identity() -> Identity:
    return Identity()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def connection(http, slept, identity, said) -> Iterator[Connection]:
    with connect(SERVER, identity, http, slept.append, said.append) as connection:
        yield connection


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    """The credentials' folder."""
    for name in ("IMGOPT_API_KEY", "IMGOPT_SERVER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "config" / "imgopt"


@pytest.fixture
def images(tmp_path) -> Callable[..., list[Path]]:
    """Files of a thousand bytes each that look like images, unless another content is given."""

    def make(*names: str, content: bytes = IMAGE) -> list[Path]:
        paths = [tmp_path / "images" / name for name in names]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return paths

    return make


@pytest.fixture
def imgopt(http, slept) -> Callable[..., int]:
    """The command line, less the process."""

    def run(command: str, *arguments: object) -> int:
        words = [command, "--server", SERVER, *(str(each) for each in arguments)]
        return main(words, http, slept.append)

    return run
