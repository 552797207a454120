"""Jobs that only their owner may see: by a setting of the call or of the service."""

import pytest

from imgopt.settings import settings
from tests import pictures
from tests.handlers.sse import parse

PATHS = ("/status/{}", "/status/{}/stream", "/download/{}", "/download/{}/url")


@pytest.fixture
def make(client, upload, run_stages):
    """A completed job: its id, and the headers of its owner."""

    def make_job(**asked: object) -> tuple[str, dict[str, str]]:
        uploaded = upload(pictures.png())
        headers = {"X-Session-Token": uploaded["session_token"]}
        body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": asked}
        job_id = client.post("/auto", json=body, headers=headers).json()["jobs"][0]["id"]
        run_stages(job_id)
        return job_id, headers

    return make_job


@pytest.mark.parametrize("path", PATHS)
def test_private_job_is_visible_to_its_owner(client, make, path):
    job_id, headers = make(private=True)
    assert client.get(path.format(job_id), headers=headers).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_private_job_of_another_is_not_found(client, make, path):
    job_id, _ = make(private=True)
    _, of_another = make()
    for headers in ({}, of_another, {"Authorization": "Bearer tfy_live_invented"}, {"X-Session-Token": "invented"}):
        answer = client.get(path.format(job_id), headers=headers)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Job not found."})


def test_list_of_jobs_has_the_public_ones_for_others(client, make):
    (private, _), (public, headers) = make(private=True), make()
    ids = f"{private},{public}"
    found = client.get(f"/status?job_ids={ids}", headers=headers).json()["jobs"]
    assert [job["id"] for job in found] == [public]
    told = {data["job_id"]: name for name, data, _ in parse(client.get(f"/status/stream?job_ids={ids}").text)[:2]}
    assert told == {private: "error", public: "complete"}
    assert client.get(f"/download?job_ids={private}").status_code == 400


def test_jobs_are_private_by_a_setting(client, make, monkeypatch):
    monkeypatch.setenv("IMGOPT_PRIVATE_JOBS", "true")
    settings.cache_clear()
    job_id, headers = make()
    assert client.get(f"/status/{job_id}").status_code == 404
    assert client.get(f"/status/{job_id}", headers=headers).status_code == 200


def test_public_job_is_read_without_authentication(client, make, monkeypatch):
    job_id, headers = make()
    monkeypatch.setattr("functions.api.deps.identify", None)
    assert client.get(f"/status/{job_id}", headers=headers).status_code == 200
