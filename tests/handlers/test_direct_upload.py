"""Large files: announced, sent to S3 by the client, and checked at completion."""

from datetime import timedelta

import pytest

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.settings import settings
from imgopt.storage import clients
from tests import pictures
from tests.conftest import UPLOADS


@pytest.fixture
def announce(client):
    def send(size: int, token: str | None = None, **more: object) -> dict:
        headers = {"X-Session-Token": token} if token else {}
        body = {"filename": "hero.png", "size": size, **more}
        return client.post("/upload/presign", json=body, headers=headers).raise_for_status().json()

    return send


@pytest.fixture
def complete(client):
    def send(announced: dict, token: str | None = None):
        headers = {"X-Session-Token": token or announced["session_token"]}
        return client.post("/upload/complete", json={"upload_id": announced["upload_id"]}, headers=headers)

    return send


def arrive(announced: dict, data: bytes) -> None:
    """Stores the file of a form, as S3 does."""
    clients.s3().put_object(Bucket=UPLOADS, Key=announced["fields"]["key"], Body=data)


def test_a_form_names_the_exact_size_and_type(announce):
    announced = announce(60_000_0, content_type="image/png")
    assert announced["fields"]["Content-Type"] == "image/png"
    assert announced["fields"]["key"] == f"incoming/{announced['upload_id']}"
    policy = decode(announced["fields"]["policy"])
    assert ["content-length-range", 600_000, 600_000] in policy["conditions"]
    assert {"Content-Type": "image/png"} in policy["conditions"]
    assert announced["expires_in"] == 900


def decode(policy: str) -> dict:
    import base64
    import json

    return json.loads(base64.b64decode(policy))


def test_a_completed_upload_is_like_any_other(client, announce, complete, stored):
    data = pictures.gif(frames=5, duration=40)
    announced = announce(len(data))
    arrive(announced, data)
    answer = complete(announced).raise_for_status().json()
    assert (answer["file_size"], answer["mime_type"], answer["gif_frame_count"]) == (len(data), "image/gif", 5)
    assert stored()["uploads"] == [answer["temp_path"]]
    body = {"temp_file_ids": [answer["temp_file_id"]]}
    headers = {"X-Session-Token": announced["session_token"]}
    assert client.post("/auto", json=body, headers=headers).status_code == 200


def test_completing_twice_answers_the_same(announce, complete, stored):
    announced = announce(len(pictures.png()))
    arrive(announced, pictures.png())
    first, second = complete(announced).json(), complete(announced).json()
    assert first == second
    assert len(stored()["uploads"]) == 1


def test_upload_sent_after_the_check_changes_nothing(announce, complete):
    """The form is valid for a while longer."""
    announced = announce(len(pictures.png()))
    arrive(announced, pictures.png())
    answer = complete(announced).json()
    arrive(announced, b"something else")
    kept = clients.s3().get_object(Bucket=UPLOADS, Key=answer["temp_path"])["Body"].read()
    assert kept == pictures.png()


def test_a_file_that_has_not_arrived_can_be_completed_later(announce, complete):
    announced = announce(len(pictures.png()))
    early = complete(announced)
    assert (early.status_code, early.json()) == (400, {"detail": "The file has not arrived yet. Send it to S3 first."})
    arrive(announced, pictures.png())
    assert complete(announced).status_code == 200


@pytest.mark.parametrize(("data", "status"), [(b"no image at all", 415), (pictures.png()[:-20], 400)])
def test_refused_upload_is_not_kept(announce, complete, stored, data, status):
    announced = announce(len(data))
    arrive(announced, data)
    assert complete(announced).status_code == status
    assert stored()["uploads"] == []
    assert "FILE" not in stored()["items"]
    assert complete(announced).status_code == 404


def test_a_file_is_not_lost_where_storage_does_not_answer(announce, complete, monkeypatch):
    def fail(*_):
        raise Unavailable("Storage is busy.")

    announced = announce(len(pictures.png()))
    arrive(announced, pictures.png())
    with monkeypatch.context() as broken:
        broken.setattr("imgopt.files.repository.add", fail)
        assert complete(announced).status_code == 503
    assert complete(announced).status_code == 200


def test_an_upload_of_someone_else_is_not_found(announce, complete, upload):
    announced = announce(len(pictures.png()))
    arrive(announced, pictures.png())
    assert complete(announced, token=upload(pictures.png())["session_token"]).status_code == 404
    assert complete({"upload_id": "nonsense", "session_token": announced["session_token"]}).status_code == 404


def test_an_upload_must_be_completed_in_time(announce, complete, monkeypatch):
    announced = announce(len(pictures.png()))
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert complete(announced).status_code == 410


def test_a_guest_who_is_known_gets_no_new_token(announce, upload):
    assert announce(100, token=upload(pictures.png())["session_token"])["session_token"] is None


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        *[({"size": size}, 422) for size in (0, True)],
        *[({"size": 5, "content_type": wrong}, 422) for wrong in ("a b", "é/ü")],
        ({"size": 99_999_999}, 413),
        ({}, 422),
    ],
)
def test_an_impossible_announcement_is_refused(client, stored, asked, status):
    assert client.post("/upload/presign", json=asked).status_code == status
    assert stored()["items"] == []


def test_error_for_a_large_plain_upload_names_the_other_routes(client, monkeypatch):
    monkeypatch.setenv("IMGOPT_MAX_MULTIPART_BYTES", "1000")
    settings.cache_clear()
    answer = client.post("/upload", files={"file": b"x" * 100_000})
    assert answer.status_code == 413
    assert "/upload/presign" in answer.json()["detail"]
    assert "/upload/url" in answer.json()["detail"]
