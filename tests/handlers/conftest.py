import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from functions.stages import finish, optimize, plan, tag
from imgopt import clock
from imgopt.jobs import acceptance
from imgopt.storage import clients
from imgopt.telemetry import logger
from imgopt.workflow import upscaling
from imgopt.workflow.state import Plan, read, write
from tests.conftest import RESULTS, TABLE, UPLOADS
from tests.direct_client import DirectClient
from tests.upscale import fakes


@pytest.fixture
def client(aws: None, app: FastAPI) -> Iterator[TestClient]:
    with DirectClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client
    app.dependency_overrides.clear()


@pytest.fixture
def stored(aws: None):
    """Returns what S3 and the table contain: keys of objects and kinds of items, without counts of requests."""

    def look() -> dict[str, list[str]]:
        s3, dynamodb = clients.s3(), clients.dynamodb()
        objects = {
            bucket: [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
            for bucket in (UPLOADS, RESULTS)
        }
        items = dynamodb.scan(TableName=TABLE)["Items"]
        return {**objects, "items": sorted(item["sk"]["S"] for item in items if item["sk"]["S"] != "RATE")}

    return look


@pytest.fixture
def upload(client: TestClient):
    """Uploads bytes as a guest; returns the answer."""

    def send(data: bytes, name: str = "hero.png", token: str | None = None) -> dict:
        headers = {"X-Session-Token": token} if token else {}
        return client.post("/upload", files={"file": (name, data)}, headers=headers).raise_for_status().json()

    return send


@pytest.fixture
def submit(client: TestClient, upload):
    """Uploads bytes and asks for a job; returns the job."""

    def send(data: bytes, name: str = "hero.png", **settings: object) -> dict:
        uploaded = upload(data, name)
        body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": settings}
        headers = {"X-Session-Token": uploaded["session_token"]}
        return client.post("/auto", json=body, headers=headers).raise_for_status().json()["jobs"][0]

    return send


@pytest.fixture(params=["express", "standard"])
def machine(request, monkeypatch) -> str:
    """The state machine that works on all jobs, whichever fits them."""
    monkeypatch.setattr(acceptance, "fits_express", lambda *_: request.param == "express")
    return request.param


@pytest.fixture
def clock_at(monkeypatch):
    """Sets the clock forward, from when the test began."""
    began = clock.now()

    def set_forward(**time: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: began + timedelta(**time))

    return set_forward


@pytest.fixture
def event_loop() -> Iterator[None]:
    """Mangum takes that of the thread, which other tests of this process have put an end to."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


class Lambda:
    """The attributes of Lambda's context that the functions read."""

    function_name = "function"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn"
    aws_request_id = "1"

    def __init__(self, seconds: float = 60) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return round(self.seconds * 1000)


@pytest.fixture
def log_lines(monkeypatch: pytest.MonkeyPatch):
    """Returns the lines that are logged during the test, as data."""
    stream = StringIO()
    for handler in logger.handlers:
        monkeypatch.setattr(handler, "stream", stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def say(state: dict) -> dict:
    """The branch of words: an error doesn't leave it."""
    try:
        return tag.handler(state, None) if state["asked"]["words"] else {}
    except Exception as error:
        return {"error": {"Error": type(error).__name__, "Cause": json.dumps({"errorMessage": str(error)})}}


def upscale(state: dict) -> dict:
    """Upscales by a network that needs no files."""
    return write(upscaling.upscale_job(read(Plan, state), fakes.runtime()))


@pytest.fixture
def run_stages():
    """The stages of the state machine, one after the other, as its states call them."""

    def run(job_id: str) -> dict:
        state = plan.handler({"job_id": job_id, "owner": "guest"}, None)
        upscaled = {"upscaled": upscale(state)} if state["asked"]["network"] else {}
        state["made"] = {"pixels": optimize.handler({**state, **upscaled}, None), "said": say(state)}
        finish.handler(state, None)
        return state

    return run
