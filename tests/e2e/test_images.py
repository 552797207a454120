"""An image through the whole system: HTTP, state machine, stages and S3, at both addresses."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx2
import pytest
from PIL import Image

from imgopt.workflow.reasons import STOPPED_REASON
from tests import pictures
from tests.e2e.conftest import connect, wait_for_end


@pytest.mark.parametrize(
    ("data", "target"),
    [
        (pictures.jpeg(), "webp"),
        (pictures.png("RGBA"), "png"),
        (pictures.webp(), "jpg"),
        (pictures.gif(frames=4), "gif"),
    ],
)
def test_an_image_is_carried_through(client, process, data, target):
    job = process(data, output_format=target)
    assert (job["status"], job["error_message"]) == ("completed", None)
    download = client.get(f"/download/{job['id']}")
    assert download.headers["content-disposition"] == f'attachment; filename="hero.tinified.{target}"'
    assert download.headers["content-type"] == job_type(target)
    assert len(download.content) == job["processed_size"]
    assert pictures.open_image(download.content).size == (job["processed_width"], job["processed_height"])


def job_type(target: str) -> str:
    return {"jpg": "image/jpeg"}.get(target, f"image/{target}")


def test_a_file_that_turns_out_to_be_damaged_fails_with_a_reason(client, process):
    """The structure of the file is complete and its header correct. Only decoding shows the damage."""
    data = bytearray(pictures.webp(lossless=True))
    data[40:-1] = b"\xff" * (len(data) - 41)
    job = process(bytes(data))
    assert job["status"] == "failed"
    assert job["error_message"] == "The WebP file is damaged and can't be decoded."
    assert client.get(f"/download/{job['id']}").status_code == 400


@pytest.mark.parametrize(("data", "status"), [(b"hello", 415), (pictures.jpeg()[:-100], 400)])
def test_a_bad_upload_is_refused(client, data, status):
    answer = client.post("/upload", files={"file": ("photo.jpg", data)})
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_unknown_things_are_not_found(client):
    assert client.get(f"/status/{uuid4()}").status_code == 404
    assert client.post("/auto", json={"temp_file_ids": ["unknown"]}).status_code == 404


def test_a_batch_is_all_completed(client):
    """The batch has more files than its owner has slots."""
    first = client.post("/upload", files={"file": pictures.png()}).json()
    headers = {"X-Session-Token": first["session_token"]}
    uploads = [first] + [
        client.post("/upload", files={"file": pictures.jpeg()}, headers=headers).json() for _ in range(5)
    ]
    ids = [each["temp_file_id"] for each in uploads]
    jobs = client.post("/auto", json={"temp_file_ids": ids}, headers=headers).json()["jobs"]
    assert {wait_for_end(client, job["id"])["status"] for job in jobs} == {"completed"}


def test_concurrent_jobs_are_all_completed(cloud):
    """More than there are slots for stages: each waits for its turn."""
    with connect(cloud.url) as client, ThreadPoolExecutor(20) as pool:
        uploads = list(pool.map(lambda _: client.post("/upload", files={"file": pictures.png()}).json(), range(8)))
        jobs = list(pool.map(lambda each: submit(client, each), uploads))
        assert [wait_for_end(client, job)["status"] for job in jobs] == ["completed"] * 8


def submit(client: httpx2.Client, uploaded: dict, **settings: object) -> str:
    body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": settings}
    answer = client.post("/auto", json=body, headers={"X-Session-Token": uploaded["session_token"]})
    return answer.raise_for_status().json()["jobs"][0]["id"]


@pytest.mark.parametrize("client", ["uvicorn"], indirect=True)
def test_an_execution_that_is_stopped_fails_its_job(cloud, client):
    """The event that tells of the stop reaches the Fail stage. What is upscaled is a standard job."""
    slow = pictures.encode(Image.effect_noise((600, 600), 80), "PNG")
    upload = client.post("/upload", files={"file": slow}).json()
    job = submit(client, upload, output_format="webp", output_upscale_factor=2)
    machine = cloud.deployment.api_environment["IMGOPT_STATE_MACHINE_ARN"]
    execution = machine.replace(":stateMachine:", ":execution:") + f":{job}"
    cloud.session.client("stepfunctions").stop_execution(executionArn=execution)
    ended = wait_for_end(client, job)
    assert (ended["status"], ended["error_message"]) == ("failed", STOPPED_REASON)
