from datetime import timedelta
from uuid import uuid4

import pytest

from imgopt import clock
from imgopt.settings import settings
from imgopt.storage import clients
from tests import pictures
from tests.conftest import TABLE


@pytest.fixture
def completed(submit, run_stages):
    def make(name: str = "hero.png", **settings: object) -> dict:
        job = submit(pictures.png(), name, **settings)
        run_stages(job["id"])
        return job

    return make


@pytest.fixture
def tomorrow(monkeypatch):
    later = clock.now() + timedelta(days=2)
    return lambda: monkeypatch.setattr(clock, "now", lambda: later)


def test_a_status_needs_no_credential(client, submit):
    job = submit(pictures.png())
    answer = client.get(f"/status/{job['id']}").json()
    assert answer["success"] is True
    assert (answer["job"]["id"], answer["job"]["status"]) == (job["id"], "queued")


def test_a_download_is_the_file_under_the_name_that_clients_parse(client, completed):
    job = completed(output_format="webp")
    answer = client.get(f"/download/{job['id']}")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["content-disposition"] == 'attachment; filename="hero.tinified.webp"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert pictures.open_image(answer.content).format == "WEBP"


def test_a_full_file_name_stands_beside_a_plain_one(client, completed):
    job = completed("mein Büro; neu.png")
    disposition = client.get(f"/download/{job['id']}").headers["content-disposition"]
    assert disposition == (
        "attachment; filename=\"mein-Buro-neu.tinified.png\"; filename*=UTF-8''mein%20B%C3%BCro%3B%20neu.tinified.png"
    )


def test_a_result_too_large_for_lambda_is_a_redirect_to_s3(client, completed, monkeypatch):
    monkeypatch.setenv("IMGOPT_INLINE_DOWNLOAD_BYTES", "10")
    settings.cache_clear()
    answer = client.get(f"/download/{completed()['id']}")
    assert answer.status_code == 307
    assert "results/" in answer.headers["location"]
    assert "response-content-disposition" in answer.headers["location"]


@pytest.mark.parametrize("path", ["/status/{}", "/download/{}"])
def test_an_unknown_job_is_not_found(client, path):
    answer = client.get(path.format(uuid4()))
    assert (answer.status_code, answer.json()) == (404, {"detail": "Job not found."})


@pytest.mark.parametrize("path", ["/status/{}", "/download/{}"])
def test_a_job_id_is_a_uuid(client, path):
    answer = client.get(path.format("not-a-job"))
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["path", "job_id"])


def test_a_job_that_is_not_finished_can_not_be_downloaded(client, submit):
    answer = client.get(f"/download/{submit(pictures.png())['id']}")
    assert (answer.status_code, answer.json()) == (400, {"detail": "The job is not completed: queued."})


def test_an_expired_job_is_gone(client, completed, tomorrow):
    job = completed()
    tomorrow()
    assert client.get(f"/status/{job['id']}").json()["job"]["status"] == "expired"
    answer = client.get(f"/download/{job['id']}")
    assert answer.status_code == 410
    assert "expired" in answer.json()["detail"]


def test_records_are_removed_after_their_time_and_jobs_a_week_later(completed):
    completed()
    items = {item["sk"]["S"]: item for item in clients.dynamodb().scan(TableName=TABLE)["Items"]}
    days = {kind: (int(item["ttl"]["N"]) - clock.now().timestamp()) / 86400 for kind, item in items.items()}
    assert {kind: round(left) for kind, left in days.items()} == {"FILE": 1, "GUEST": 30, "JOB": 8}


def test_a_file_that_s3_no_longer_has_is_not_found(client, completed):
    job = completed()
    path = client.get(f"/status/{job['id']}").json()["job"]["processed_file_path"]
    clients.s3().delete_object(Bucket="results", Key=path)
    answer = client.get(f"/download/{job['id']}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "The file is no longer stored."})
