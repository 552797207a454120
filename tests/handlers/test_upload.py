from threading import get_ident

import pytest

from imgopt import authentication
from imgopt.quotas import service as quotas
from imgopt.settings import settings
from imgopt.storage import clients
from tests import camera_raws, pictures
from tests.handlers.touched import touched_kinds


def test_an_upload_is_stored_and_described(client, stored):
    data = pictures.png()
    answer = client.post("/upload", files={"file": ("hero.png", data)}).json()
    assert answer["success"] is True
    assert (answer["original_filename"], answer["file_size"], answer["mime_type"]) == (
        "hero.png",
        len(data),
        "image/png",
    )
    assert answer["gif_frame_count"] is None
    assert stored()["uploads"] == [answer["temp_path"]]


def test_a_guests_first_upload_answers_a_session_token_and_later_ones_none(client, upload):
    token = upload(pictures.png())["session_token"]
    assert len(token) >= 32
    assert upload(pictures.png(), token=token)["session_token"] is None


def test_a_token_that_is_not_known_gets_a_fresh_one(upload):
    assert upload(pictures.png(), token="invented")["session_token"] not in (None, "invented")


def test_a_session_token_is_not_stored(upload, aws):
    token = upload(pictures.png())["session_token"]
    assert token not in str(clients.dynamodb().scan(TableName="table"))


def test_a_guest_is_known_without_being_stored(upload):
    with touched_kinds() as kinds:
        token = upload(pictures.png())["session_token"]
        assert upload(pictures.png(), token=token)["session_token"] is None
    assert kinds == {"FILE", "RATE"}


def test_caller_is_identified_and_counted_in_one_thread(client, upload, monkeypatch):
    threads = []

    def noting(call):
        def noted(*args):
            threads.append(get_ident())
            return call(*args)

        return noted

    monkeypatch.setattr(authentication, "authenticate", noting(authentication.authenticate))
    monkeypatch.setattr(quotas, "count_together", noting(quotas.count_together))
    upload(pictures.png())
    assert len(threads) == 3
    assert len(set(threads)) == 1


def test_a_credential_that_is_not_valid_is_refused(client, stored):
    answer = client.post("/upload", files={"file": pictures.png()}, headers={"Authorization": "Bearer mcp_x"})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid or expired credentials."})
    assert stored()["uploads"] == []


def test_frames_and_speed_of_a_gif_are_answered(upload):
    answer = upload(pictures.gif(frames=5, duration=40), "a.gif")
    assert (answer["gif_frame_count"], answer["gif_fps"]) == (5, 25.0)


def test_the_bytes_decide_not_the_name_or_the_type(client):
    answer = client.post("/upload", files={"file": ("photo.jpg", pictures.png(), "image/jpeg")}).json()
    assert answer["mime_type"] == "image/png"


def test_a_part_without_a_content_type_is_taken(client):
    boundary = "----boundary"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'.encode()
    body = head + pictures.png() + f"\r\n--{boundary}--\r\n".encode()
    answer = client.post("/upload", content=body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})
    assert answer.json()["mime_type"] == "image/png"


@pytest.mark.parametrize(
    ("data", "status", "detail"),
    [
        (b"", 400, "The file is empty."),
        (b"just text", 415, "Unsupported file type"),
        (b"<html/>", 415, "Unsupported file type"),
        (camera_raws.dng(), 415, "Camera raw files are not supported"),
        (pictures.jpeg()[:-200], 400, "truncated"),
        (pictures.png()[:-40], 400, "truncated"),
        (pictures.webp()[:-20], 400, "WebP"),
        (pictures.gif(frames=3)[:-30], 400, "truncated"),
        (b"\x89PNG\r\n\x1a\n" + b"lies" * 50, 400, "not a valid PNG"),
    ],
)
def test_a_bad_file_gets_a_reason_and_leaves_nothing(client, stored, data, status, detail):
    answer = client.post("/upload", files={"file": ("photo.jpg", data)})
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)
    assert detail in answer.json()["detail"]
    assert stored() == {"uploads": [], "results": [], "items": []}


def test_a_file_over_the_limit_is_refused(client, stored, monkeypatch):
    monkeypatch.setenv("IMGOPT_MAX_UPLOAD_BYTES", "100")
    settings.cache_clear()
    answer = client.post("/upload", files={"file": ("photo.png", pictures.png())})
    assert answer.status_code == 413
    assert "too large" in answer.json()["detail"]
    assert stored() == {"uploads": [], "results": [], "items": []}


def test_an_upload_without_a_file_is_refused_in_fastapis_shape(client):
    answer = client.post("/upload")
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", "file"])


def test_a_text_in_place_of_a_file_is_refused_by_how_to_send_one(client):
    answer = client.post("/upload", data={"file": "photo.jpg"})
    assert answer.status_code == 422
    assert "-F file=@photo.jpg" in answer.json()["detail"][0]["msg"]


def test_bytes_are_removed_again_where_their_record_can_not_be_written(client, stored, monkeypatch):
    def refuse(*_):
        raise RuntimeError("no table")

    monkeypatch.setattr("imgopt.storage.table.put_new", refuse)
    answer = client.post("/upload", files={"file": ("hero.png", pictures.png())})
    assert (answer.status_code, answer.json()) == (500, {"detail": "Internal server error."})
    assert stored()["uploads"] == []
