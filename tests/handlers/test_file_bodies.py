"""An upload has one file, in a form or as the body."""

import pytest
from fastapi.testclient import TestClient

from imgopt.settings import settings
from tests import camera_raws, pictures

NOTHING = {"uploads": [], "results": [], "items": []}


def send_raw(client: TestClient, data: bytes, media_type: str = "image/png", path: str = "/upload", **headers: str):
    return client.post(path, content=data, headers={"Content-Type": media_type, **headers})


def test_form_with_several_files_is_refused_by_their_names_and_not_stored(client, stored):
    files = [("file", (name, pictures.png())) for name in ("a.png", "b\u202e.png", "c" * 300)]
    answer = client.post("/upload", files=files)
    (problem,) = answer.json()["detail"]
    assert (answer.status_code, problem["loc"]) == (422, ["body", "file"])
    assert "3 parts named file: a.png, b\ufffd.png, ccc" in problem["msg"]
    assert len(problem["msg"]) < 300
    assert stored() == NOTHING


def test_error_for_many_files_names_the_first_ones(client, stored):
    answer = client.post("/upload", files=[("file", (f"{number}.png", b"x")) for number in range(12)])
    (problem,) = answer.json()["detail"]
    assert problem["msg"].endswith("12 parts named file: 0.png, 1.png, 2.png, 3.png, 4.png….")
    assert client.post("/upload", files=[("file", (f"{number}.png", b"x")) for number in range(200)]).is_client_error
    assert stored() == NOTHING


def test_a_text_beside_a_file_of_the_same_name_is_one_part_too_many(client, stored):
    answer = client.post("/upload", data={"file": "b.png"}, files={"file": ("a.png", pictures.png())})
    assert (answer.status_code, stored()) == (422, NOTHING)


def test_other_fields_of_a_form_do_no_harm(client):
    answer = client.post("/upload", data={"folder": "x"}, files={"file": ("a.png", pictures.png())})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("data", "sent", "meant"),
    [
        (pictures.png(), "image/png", "image/png"),
        (pictures.jpeg(), "image/*", "image/jpeg"),
        (pictures.webp(), "IMAGE/PNG; charset=binary", "image/webp"),
        (pictures.gif(frames=2), "application/octet-stream", "image/gif"),
        (camera_raws.dng(camera_raws.jpeg()), "image/x-adobe-dng", "image/tiff"),
    ],
)
def test_a_body_that_is_an_image_is_taken_as_the_file(client, stored, data, sent, meant):
    answer = send_raw(client, data, sent).raise_for_status().json()
    assert (answer["mime_type"], answer["file_size"]) == (meant, len(data))
    assert answer["original_filename"].startswith("image.")
    assert answer["session_token"]
    assert stored()["uploads"] == [answer["temp_path"]]


@pytest.mark.parametrize(
    ("path", "headers", "name"),
    [
        ("/upload?filename=hero.png", {}, "hero.png"),
        ("/upload", {"Content-Disposition": 'attachment; filename="hero.png"'}, "hero.png"),
        ("/upload", {"Content-Disposition": "attachment; filename*=UTF-8''h%C3%A9ro.png"}, "h\u00e9ro.png"),
        ("/upload?filename=other.png", {"Content-Disposition": "inline; filename=hero.png"}, "hero.png"),
        ("/upload?filename=..%2F..%2Fetc%2Fpasswd", {}, "passwd"),
        ("/upload?filename=", {"Content-Disposition": "attachment"}, "image.png"),
    ],
)
def test_file_name_is_read_from_the_query_or_the_content_disposition(client, path, headers, name):
    assert send_raw(client, pictures.png(), path=path, **headers).json()["original_filename"] == name


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 400, "The file is empty."),
        (b"just text", 415, "Unsupported file type"),
        (pictures.png()[:-40], 400, "truncated"),
    ],
)
def test_a_body_that_is_none_is_refused_as_a_file_is(client, stored, data, status, words):
    answer = send_raw(client, data)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True)
    assert stored() == NOTHING


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("size", [101, 200_000])
def test_a_body_over_the_limit_is_refused(client, stored, monkeypatch, chunked, size):
    monkeypatch.setenv("IMGOPT_MAX_UPLOAD_BYTES", "100")
    settings.cache_clear()
    data = bytes(size)
    answer = send_raw(client, iter([data[:50], data[50:]]) if chunked else data)
    assert (answer.status_code, stored()) == (413, NOTHING)


def test_a_body_is_counted_before_it_is_read(client, monkeypatch, clock_at):
    clock_at()  # no new minute begins between the calls
    monkeypatch.setenv("IMGOPT_RATE_UPLOADS_UNREGISTERED", "1")
    settings.cache_clear()
    monkeypatch.setattr("functions.api.file_bodies.FileRequest._take", lambda _: pytest.fail("read"))
    assert client.post("/upload").status_code == 422
    assert send_raw(client, pictures.png()).status_code == 429


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "application/x-www-form-urlencoded"])
def test_a_body_of_another_kind_is_no_file(client, stored, media_type):
    assert send_raw(client, pictures.png(), media_type).status_code in (400, 422)
    assert stored() == NOTHING
