"""Fixtures of all tests. Tables and buckets are made from the synthesised templates, so that tests can't drift."""

import gc
import json
import os
import socket
from collections import Counter
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
from tests import aws_resources, moto_patches, reports, scheduling
from tests.issuer import CLIENT, Issuer
from tests.roles.enforcement import enforced
from tests.roles.options import SIGNING

os.environ |= synth.WITHOUT_CHECK

STATE_MACHINE, EXPRESS_MACHINE = "optimize", "optimize-express"
MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"
TABLE, UPLOADS, RESULTS, CALLBACKS = "table", "uploads", "results", "callbacks"
# By what the logical ids of templates begin with.
NAMES = {
    "Table": TABLE,
    "Uploads": UPLOADS,
    "Results": RESULTS,
    "Callbacks": CALLBACKS,
    "StateMachine": STATE_MACHINE,
    "ExpressMachine": EXPRESS_MACHINE,
    "SigningSecret": SIGNING,
}
MOST_WORKERS = 5
moto_patches.install()
gc.set_threshold(50_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest-xdist runs only one of several tests with the same name, and does not report the others."""
    several = [name for name, number in Counter(item.nodeid for item in items).items() if number > 1]
    assert not several, f"several tests are called {several[0]}"
    items.sort(key=lambda item: scheduling.rank(item.nodeid))


def pytest_collection_finish() -> None:
    """Freezes the collected objects, so that the garbage collector doesn't traverse them again and again."""
    gc.freeze()


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    is_plain = not item.config.option.durations and not item.config.option.setupshow
    return reports.run_in_worker(item, nextitem) if is_plain and hasattr(item.config, "workerinput") else None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return scheduling.Scheduling(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """Returns one more than there are cores, since end-to-end tests mostly wait for other processes."""
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """The application for all tests. Building its routes takes longer than most tests."""
    return build_app()


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
def aws(environment: None, templates: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """DynamoDB, S3 and Step Functions in this process. Executions are recorded and do not run.

    Functions may do there what their roles allow, and nothing else.
    """
    with mock_aws(), enforced(templates, NAMES):
        aws_resources.make_table(TABLE, table_properties(templates["ImgoptData"]))
        for bucket in (UPLOADS, RESULTS):
            aws_resources.make_bucket(bucket)
        monkeypatch.setenv("IMGOPT_CALLBACKS_QUEUE_URL", aws_resources.make_queue(CALLBACKS))
        for machine in (STATE_MACHINE, EXPRESS_MACHINE):
            aws_resources.make_state_machine(machine)
        settings.cache_clear()
        yield


def table_properties(template: dict[str, Any]) -> dict[str, Any]:
    tables = [each for each in template["Resources"].values() if each["Type"] == "AWS::DynamoDB::Table"]
    wanted = ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes")
    return {name: tables[0]["Properties"][name] for name in wanted}
