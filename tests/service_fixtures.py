"""Fixtures of all tests. Tables and buckets are made from the synthesised templates, so that tests can't drift."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fastapi import FastAPI
from moto import mock_aws

from functions.api.app import build_app
from imgopt import clock
from imgopt.accounts import jwks
from imgopt.jobs import queue_position
from imgopt.settings import settings
from local import synth
from tests import aws_resources, direct_client, moto_patches
from tests.conftest import (
    CALLBACKS,
    EXPRESS_MACHINE,
    MACHINE_ARN,
    NAMES,
    RESULTS,
    STATE_MACHINE,
    TABLE,
    UPLOADS,
    table_properties,
)
from tests.issuer import CLIENT, Issuer
from tests.roles.enforcement import Rights, enforced

moto_patches.install()


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """The application for all tests. Building its routes takes longer than most tests."""
    return build_app()


@pytest.fixture(scope="session", autouse=True)
def loop_of_clients() -> Iterator[None]:
    """The event loop of all clients. Making one, and the threads of AnyIO, takes longer than a request."""
    with direct_client.LOOP:
        yield


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """A test that would reach beyond this machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        assert self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1", "localhost"), address
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True)
def clock_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute, day or month ends during a test: a microsecond passes from one reading of the clock to the next.

    Limits, quotas and credits are counted by such periods. Other processes have the time of the machine.
    """
    began, readings = clock.now().replace(microsecond=0), count()
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(microseconds=next(readings)))


@pytest.fixture(scope="session")
def assembly() -> Path:
    return synth.ensure()


@pytest.fixture(scope="session")
def templates(assembly: Path) -> dict[str, dict[str, Any]]:
    return {path.name.split(".")[0]: json.loads(path.read_text()) for path in assembly.glob("*.template.json")}


@pytest.fixture(scope="session")
def rights(templates: dict[str, dict[str, Any]]) -> Rights:
    return Rights(templates, NAMES)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The service's settings as a stage would get them, and nobody's credentials."""
    known = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "IMGOPT_TABLE_NAME": TABLE,
        "IMGOPT_UPLOADS_BUCKET": UPLOADS,
        "IMGOPT_RESULTS_BUCKET": RESULTS,
        "IMGOPT_SIGNING_SECRET": "a secret of tests",
        "IMGOPT_TAGGING_REGION": "us-east-1",
        "IMGOPT_STATE_MACHINE_ARN": MACHINE_ARN + STATE_MACHINE,
        "IMGOPT_EXPRESS_MACHINE_ARN": MACHINE_ARN + EXPRESS_MACHINE,
    }
    for name, value in known.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(queue_position.PROGRESS, "seconds", 0)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def issuer(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """Who signs users in."""
    with Issuer() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        monkeypatch.setenv("IMGOPT_OIDC_ISSUER", server.url)
        monkeypatch.setenv("IMGOPT_OIDC_AUDIENCE", CLIENT)
        for cached in (settings, jwks.configuration_of, jwks.keys_of):
            cached.cache_clear()
        yield server
        server.shutdown()


@pytest.fixture
def aws(
    environment: None, templates: dict[str, dict[str, Any]], rights: Rights, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """DynamoDB, S3 and Step Functions in this process. Executions are recorded and do not run.

    Functions may do there what their roles allow, and nothing else.
    """
    with mock_aws(), enforced(rights):
        aws_resources.make_table(TABLE, table_properties(templates["ImgoptData"]))
        for bucket in (UPLOADS, RESULTS):
            aws_resources.make_bucket(bucket)
        monkeypatch.setenv("IMGOPT_CALLBACKS_QUEUE_URL", aws_resources.make_queue(CALLBACKS))
        for machine in (STATE_MACHINE, EXPRESS_MACHINE):
            aws_resources.make_state_machine(machine)
        settings.cache_clear()
        yield
