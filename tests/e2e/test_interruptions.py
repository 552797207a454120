"""Jobs are completed although a program of the cloud was down."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from local.cloud import Cloud
from local.emulator.access import answers
from tests import pictures
from tests.e2e.conftest import connect, wait_for_end
from tests.e2e.test_processes import all_below, needs_proc, roots_of, run_job, upload

OPTIMIZE = "functions.stages.optimize.handler"


@pytest.fixture
def client(cloud: Cloud) -> Iterator[httpx2.Client]:
    with connect(cloud.url) as client:
        yield client


@needs_proc
def test_a_job_whose_stage_is_killed_is_completed_all_the_same(cloud, client):
    """The stage is done again."""
    assert run_job(client, *upload(client))["status"] == "completed"  # so that there is a process of the stage
    asked, headers = upload(client, pictures.encode(pictures.draw(size=(2000, 1500)), "PNG"))
    asked["settings"] = {"output_format": "avif"}
    job = client.post("/auto", json=asked, headers=headers).json()["jobs"][0]
    while client.get(f"/status/{job['id']}").json()["job"]["status"] == "queued":
        time.sleep(0.01)
    assert kill_stage(cloud, OPTIMIZE)
    ended = wait_for_end(client, job["id"])
    assert (ended["status"], ended["error_message"]) == ("completed", None)
    assert run_job(client, *upload(client))["status"] == "completed"


def kill_stage(cloud: Cloud, handler: str) -> list[int]:
    """Kills the processes of a stage, and returns their ids."""
    killed = []
    for number in all_below(*roots_of(cloud)):
        with suppress(OSError):
            if handler in Path(f"/proc/{number}/cmdline").read_text().split("\0"):
                os.kill(number, signal.SIGKILL)
                killed.append(number)
    return killed


def test_a_job_goes_on_while_the_http_server_is_gone(cloud, client):
    """The state machine completes an accepted job. Later requests find its result."""
    asked, headers = upload(client)
    job = client.post("/auto", json=asked, headers=headers).json()["jobs"][0]
    cloud.server.process.kill()
    try:
        headers = cloud.gateway_headers
        with connect(cloud.gateway_url, headers) as gateway:
            assert wait_for_end(gateway, job["id"])["status"] == "completed"
    finally:
        cloud.server.restart()
        cloud.server.wait_until(lambda: answers(f"{cloud.url}/readiness"), 60)
