"""One embedded cloud for all end-to-end tests, and clients on both ways into it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from local.cloud import Cloud, running
from local.processes import free_port

WAIT_SECONDS = 60
PAUSE_SECONDS = 0.1


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    folder: Path = tmp_path_factory.mktemp("cloud")
    with running(folder, port=free_port(), keep=False, say=lambda text: None) as cloud:
        yield cloud


@pytest.fixture(params=["uvicorn", "gateway"])
def client(request: pytest.FixtureRequest, cloud: Cloud) -> Iterator[httpx2.Client]:
    """uvicorn serves the application directly; the gateway runs it in Lambda."""
    url = cloud.url if request.param == "uvicorn" else cloud.gateway_url
    with httpx2.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture
def process(client: httpx2.Client) -> Callable[..., dict]:
    """Uploads, asks for `/auto`, waits: the job at its end."""

    def run(data: bytes, **settings: object) -> dict:
        upload = client.post("/upload", files={"file": ("hero.png", data)}).raise_for_status().json()
        asked = {"temp_file_ids": [upload["temp_file_id"]], "settings": settings}
        headers = {"X-Session-Token": upload["session_token"]}
        job = client.post("/auto", json=asked, headers=headers).raise_for_status().json()["jobs"][0]
        return wait_for_end(client, job["id"])

    return run


def wait_for_end(client: httpx2.Client, job_id: str) -> dict:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        job = client.get(f"/status/{job_id}").raise_for_status().json()["job"]
        if job["status"] not in ("queued", "processing"):
            return job
        time.sleep(PAUSE_SECONDS)
    raise AssertionError(f"job {job_id} did not end within {WAIT_SECONDS} seconds")
