"""A direct upload that is completed twice at the same time: the first completion counts."""

import pytest

from imgopt.files import repository
from imgopt.storage import clients, table
from tests import pictures
from tests.conftest import UPLOADS

SMALL, LARGE = pictures.png(), pictures.gif(frames=6)


@pytest.fixture
def announced(client):
    """An upload of which the smaller file has arrived."""
    body = client.post("/upload/presign", json={"size": len(SMALL)}).json()
    send(body, SMALL)
    return body


@pytest.fixture
def complete(client, announced):
    headers = {"X-Session-Token": announced["session_token"]}
    return lambda: client.post("/upload/complete", json={"upload_id": announced["upload_id"]}, headers=headers)


def send(announced: dict, data: bytes) -> None:
    clients.s3().put_object(Bucket=UPLOADS, Key=announced["fields"]["key"], Body=data)


@pytest.fixture
def overtaken(announced, complete, monkeypatch):
    """The other call is made, with another file, just before this one stores anything."""
    add, between = repository.add, []

    def add_late(*args: object) -> object:
        if not between:
            between.append(None)
            send(announced, LARGE)
            between[0] = complete()
        return add(*args)

    monkeypatch.setattr(repository, "add", add_late)
    return lambda: (complete(), between[0])


def test_calls_are_both_answered_by_the_upload_that_was_stored_first(overtaken):
    late, early = overtaken()
    assert (late.status_code, early.status_code) == (200, 200)
    assert late.json() == early.json()
    assert early.json()["file_size"] == len(LARGE)


def test_first_upload_keeps_its_bytes_and_the_second_is_not_stored(overtaken):
    overtaken()
    (stored,) = clients.s3().list_objects_v2(Bucket=UPLOADS)["Contents"]
    assert stored["Size"] == len(LARGE)


def test_jobs_that_were_made_of_it_are_not_forgotten(client, announced, overtaken):
    """If they were forgotten, deleting them would leave the upload behind."""
    upload_id, headers = announced["upload_id"], {"X-Session-Token": announced["session_token"]}
    overtaken()
    job = client.post("/auto", json={"temp_file_ids": [upload_id]}, headers=headers).json()["jobs"][0]
    assert table.get(table.key("FILE", upload_id))["uses"] == 1
    client.delete(f"/jobs/{job['id']}", headers=headers)
    assert "Contents" not in clients.s3().list_objects_v2(Bucket=UPLOADS)
