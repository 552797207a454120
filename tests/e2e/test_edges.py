"""Streams, large uploads and partial downloads, by published clients."""

import hmac
import json
import shutil
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import httpx
import httpx2
import pytest
from httpx_sse import connect_sse

from local.emulator.keys import TOKEN_HEADER
from tests import pictures
from tests.e2e.conftest import connect, wait_for_end, wait_until


@pytest.fixture
def submit(client):
    """Uploads and asks for `/auto`; the job's id."""

    def send(data: bytes, name: str = "hero.png", **settings: object) -> str:
        uploaded = client.post("/upload", files={"file": (name, data)}).raise_for_status().json()
        return ask(client, uploaded["temp_file_id"], uploaded["session_token"], **settings)

    return send


def known(client: httpx2.Client) -> dict[str, str]:
    """Returns the header whose token lets any program through the gateway."""
    return {name: value for name, value in client.headers.items() if name == TOKEN_HEADER}


def ask(client: httpx2.Client, temp_file_id: str, token: str, **settings: object) -> str:
    body = {"temp_file_ids": [temp_file_id], "settings": settings}
    answer = client.post("/auto", json=body, headers={"X-Session-Token": token}).raise_for_status().json()
    return answer["jobs"][0]["id"]


def test_a_stream_ends_with_the_result_for_httpx_sse(client, submit):
    job_id = submit(pictures.jpeg(), output_format="webp")
    with (
        httpx.Client(base_url=str(client.base_url), headers=known(client), timeout=60, trust_env=False) as plain,
        connect_sse(plain, "GET", f"/status/{job_id}/stream") as source,
    ):
        events = list(source.iter_sse())
    assert {event.event for event in events[:-1]} <= {"status"}
    assert events[-1].event == "complete"
    assert (events[-1].json()["status"], events[-1].json()["processed_format"]) == ("completed", "webp")


def test_a_stream_ends_with_the_result_for_curl(client, submit):
    job_id = submit(pictures.jpeg())
    url = f"{str(client.base_url).rstrip('/')}/status/{job_id}/stream"
    command = [shutil.which("curl") or "curl", "--silent", "--no-buffer", "--noproxy", "*", "--max-time", "60", url]
    command += [argument for name, value in known(client).items() for argument in ("--header", f"{name}: {value}")]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert text.count("event: complete") == 1
    assert '"status": "completed"' in text


def test_a_stream_of_several_jobs_ends_when_all_are_done(client, submit):
    ids = [submit(pictures.jpeg()) for _ in range(3)]
    with (
        httpx.Client(base_url=str(client.base_url), headers=known(client), timeout=60, trust_env=False) as plain,
        connect_sse(plain, "GET", "/status/stream", params={"job_ids": ids}) as source,
    ):
        events = [(event.event, json.loads(event.data)) for event in source.iter_sse()]
    assert sorted(data["job_id"] for name, data in events if name == "complete") == sorted(ids)
    assert events[-1][0] == "done"


def test_a_large_file_goes_to_s3_by_a_form(client):
    data = pictures.png("RGBA")
    body = {"filename": "hero.png", "size": len(data), "content_type": "image/png"}
    announced = client.post("/upload/presign", json=body).raise_for_status().json()
    sent = send(announced, data, "image/png")
    assert sent.is_success, sent.text
    headers = {"X-Session-Token": announced["session_token"]}
    completed = client.post("/upload/complete", json={"upload_id": announced["upload_id"]}, headers=headers)
    uploaded = completed.raise_for_status().json()
    assert (uploaded["file_size"], uploaded["mime_type"]) == (len(data), "image/png")
    job_id = ask(client, uploaded["temp_file_id"], announced["session_token"])
    assert wait_for_end(client, job_id)["status"] == "completed"


@pytest.mark.parametrize(("extra", "kind"), [(b"x", "image/png"), (b"", "text/html")])
def test_a_form_takes_no_other_size_and_no_other_type(client, extra, kind):
    data = pictures.png()
    body = {"filename": "hero.png", "size": len(data), "content_type": "image/png"}
    announced = client.post("/upload/presign", json=body).raise_for_status().json()
    assert send(announced, data + extra, kind).is_error


def send(announced: dict, data: bytes, content_type: str) -> httpx2.Response:
    fields = {**announced["fields"], "Content-Type": content_type}
    with connect() as s3:
        return s3.post(announced["url"], data=fields, files={"file": ("hero.png", data, content_type)})


def test_a_download_can_be_taken_up_where_it_broke_off(client, submit):
    job_id = submit(pictures.jpeg())
    wait_for_end(client, job_id)
    whole = client.get(f"/download/{job_id}")
    rest = client.get(f"/download/{job_id}", headers={"Range": "bytes=100-", "If-Range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert client.get(f"/download/{job_id}", headers={"If-None-Match": whole.headers["etag"]}).status_code == 304


def test_a_signed_url_leads_to_the_file_and_its_name(client, submit):
    job_id = submit(pictures.jpeg(), name="mein Büro.jpg", output_format="webp")
    wait_for_end(client, job_id)
    signed = client.get(f"/download/{job_id}/url").raise_for_status().json()
    with connect() as s3:
        answer = s3.get(signed["url"]).raise_for_status()
    assert answer.content == client.get(f"/download/{job_id}").content
    assert answer.headers["content-type"] == signed["content_type"] == "image/webp"
    assert "mein-Buro.tinified.webp" in answer.headers["content-disposition"]


def test_a_batch_is_one_zip(client, submit):
    ids = [submit(pictures.jpeg()) for _ in range(2)]
    for job_id in ids:
        wait_for_end(client, job_id)
    answer = client.get("/download", params={"job_ids": ids}).raise_for_status()
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 2


def test_stream_of_a_job_is_followed_by_many_clients(cloud):
    """The clients share the reads of the job, and all of them receive its end."""
    with connect(cloud.url) as client:
        uploaded = client.post("/upload", files={"file": ("hero.jpg", pictures.jpeg())}).json()
        job_id = ask(client, uploaded["temp_file_id"], uploaded["session_token"])

        def follow(_: int) -> str:
            return client.get(f"/status/{job_id}/stream").text

        with ThreadPoolExecutor(20) as pool:
            texts = list(pool.map(follow, range(20)))
    assert all(text.count("event: complete") == 1 for text in texts)


def test_a_body_that_is_an_image_is_a_file_and_a_stranger_has_it_processed(client):
    data = pictures.jpeg()
    sent = {"content": data, "headers": {"Content-Type": "image/jpeg"}, "params": {"filename": "hero.jpg"}}
    uploaded = client.post("/upload", **sent).raise_for_status().json()
    assert (uploaded["file_size"], uploaded["original_filename"]) == (len(data), "hero.jpg")
    body = {"temp_file_ids": [uploaded["temp_file_id"]], "output_format": "WEBP"}
    job = client.post("/auto", json=body).raise_for_status().json()["0"]
    assert wait_for_end(client, job["id"])["processed_filename"] == "hero.tinified.webp"
    assert client.get(f"/status/{job['id']}").json()["status"] == "completed"


def test_a_private_address_is_not_fetched(client):
    answer = client.post("/upload/url", json={"url": "http://169.254.169.254/latest/meta-data/"})
    assert (answer.status_code, answer.json()["detail"].startswith("The URL could not be fetched")) == (400, True)


def test_a_picture_is_fetched_from_a_website(client, website):
    body = {"url": f"http://{website.host}/photo.jpg?size=large"}
    uploaded = client.post("/upload/url", json=body).raise_for_status().json()
    assert (uploaded["original_filename"], uploaded["mime_type"]) == ("photo.jpg", "image/jpeg")
    job_id = ask(client, uploaded["temp_file_id"], uploaded["session_token"])
    assert wait_for_end(client, job_id)["status"] == "completed"


def test_a_website_is_told_of_the_end(client, website):
    uploaded = client.post("/upload", files={"file": ("hero.jpg", pictures.jpeg())}).raise_for_status().json()
    settings = {"callback_url": f"http://{website.host}/hook"}
    request_body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": settings}
    headers = {"X-Session-Token": uploaded["session_token"]}
    answer = client.post("/auto", json=request_body, headers=headers).raise_for_status().json()
    job_id = answer["jobs"][0]["id"]
    assert answer["jobs"][0]["callback"]["status"] == "pending"
    known = wait_until(lambda: callback_of(client, job_id)["status"] == "delivered" and callback_of(client, job_id))
    assert known == {"status": "delivered", "attempts": 1, "answered": 204, "error": None}
    ((told_headers, body),) = [each for each in website.received if each[0]["Imgopt-Delivery"] == job_id]
    assert json.loads(body)["status"] == "completed"
    stamp, signature = (part.split("=")[1] for part in told_headers["Imgopt-Signature"].split(","))
    expected = hmac.new(answer["callback_secret"].encode(), f"{stamp}.".encode() + body, "sha256").hexdigest()
    assert signature == expected


def callback_of(client: httpx2.Client, job_id: str) -> dict:
    return client.get(f"/status/{job_id}").raise_for_status().json()["job"]["callback"]
