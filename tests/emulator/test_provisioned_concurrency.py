"""Processes of functions that start before the first invocation."""

from threading import Event

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.emulator.provisioned_concurrency import provision_at_once, start_process

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
FUNCTION = {
    "config": {"FunctionName": "f", "FunctionArn": ARN, "Runtime": "provided.al2023"},
    "code_zip": b"none",
    "provisioned_concurrency": {},
}
SECONDS = 10


@pytest.fixture(autouse=True)
def workers(monkeypatch: pytest.MonkeyPatch) -> dict:
    """The emulator's, none yet; those that come up say so in `workers["spawned"]`."""
    pools: dict = {}
    monkeypatch.setattr(lambda_runtime, "_workers", pools)
    return pools


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> list:
    began: list = []
    monkeypatch.setattr(lambda_runtime.ProvidedWorker, "_spawn", lambda worker, *_: began.append(worker))
    return began


def test_invocation_that_comes_while_a_process_starts_takes_that_one(spawned):
    start_process(FUNCTION)
    worker, how = lambda_runtime.acquire_worker("f", FUNCTION["config"], FUNCTION["code_zip"])
    assert (spawned, how) == ([worker], "reused")


def test_functions_that_have_a_process_get_no_second_one(spawned, workers):
    for _ in range(2):
        start_process(FUNCTION)
    assert [len(pool) for pool in workers.values()] == [1]


def test_provisioned_concurrency_starts_a_process(spawned, monkeypatch):
    started = Event()
    monkeypatch.setattr(lambda_runtime.ProvidedWorker, "_spawn", lambda *_: started.set())
    monkeypatch.setattr(lambda_svc, "_functions", {"f": FUNCTION})
    monkeypatch.setattr(lambda_svc, "_put_provisioned_concurrency", lambda *_: (202, {}, b""))
    provision_at_once()
    assert lambda_svc._put_provisioned_concurrency("f", "$LATEST", {"ProvisionedConcurrentExecutions": 1})[0] == 202
    assert started.wait(SECONDS)
