"""The original of a job, for its owner only."""

import pytest

from imgopt.settings import settings
from tests import pictures

PICTURE = pictures.png()


@pytest.fixture
def job(client, upload) -> dict:
    """The address of a job's original, with the headers of the job's owner."""
    uploaded = upload(PICTURE, "Bär.png")
    headers = {"X-Session-Token": uploaded["session_token"]}
    asked = client.post("/auto", json={"temp_file_ids": [uploaded["temp_file_id"]]}, headers=headers)
    return {"path": f"/jobs/{asked.json()['jobs'][0]['id']}/original", "headers": headers}


def test_owner_gets_the_original_as_it_came(client, job):
    answer = client.get(job["path"], headers=job["headers"])
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["content-type"] == "image/png"
    assert "B%C3%A4r.png" in answer.headers["content-disposition"]


@pytest.mark.parametrize("end", ["", "/url"])
def test_original_is_not_for_others_who_know_the_id(client, job, upload, end):
    other = {"X-Session-Token": upload(PICTURE)["session_token"]}
    assert client.get(job["path"] + end).status_code == 404
    assert client.get(job["path"] + end, headers=other).status_code == 404


def test_large_original_is_at_a_signed_address(client, job, monkeypatch):
    monkeypatch.setenv("IMGOPT_INLINE_DOWNLOAD_BYTES", "1")
    settings.cache_clear()
    answer = client.get(job["path"], headers=job["headers"])
    signed = client.get(f"{job['path']}/url", headers=job["headers"]).json()
    assert (answer.status_code, signed["size"], signed["content_type"]) == (307, len(PICTURE), "image/png")
    assert all("X-Amz-Signature" in address for address in (answer.headers["location"], signed["url"]))
