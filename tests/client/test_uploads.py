"""The ways of uploading a file, and its owner on the server."""

import json

import httpx2
import pytest

from imgopt_client.errors import FileRefused, NotPermitted
from imgopt_client.identity import Identity
from imgopt_client.optimizer import optimize_files
from imgopt_client.options import Options
from imgopt_client.sources import Source
from imgopt_client.uploads import Uploader
from tests.client.server import IMAGE, STORAGE, answer, parts

PRESIGNED = ["POST /upload/presign", "POST /bucket", "POST /upload/complete"]


@pytest.fixture
def upload(connection, images):
    def run(name="hero.png", size=1000, presign_above=4000):
        (path,) = images(name, content=IMAGE.ljust(size, b"i")[:size])
        return Uploader(connection, presign_above).upload(Source(str(path), path.parent, path.parent, path))

    return run


def test_file_goes_through_the_server(server, upload):
    assert upload(size=4000).size == 4000
    assert server.paths() == ["POST /upload"]
    assert parts(server.requests[0])["file"] == ("hero.png", IMAGE.ljust(4000, b"i"))


def test_large_file_goes_straight_to_the_storage(server, upload):
    assert upload(size=4001).size == 4001
    assert server.paths() == PRESIGNED
    body = json.loads(server.requests[0].content)
    assert body == {"filename": "hero.png", "size": 4001, "content_type": "image/png"}
    assert json.loads(server.requests[2].content) == {"upload_id": "upload-0", "filename": "hero.png"}


def test_storage_gets_the_fields_before_the_file_and_no_credentials(server, upload):
    upload(size=5000)
    request = server.requests[1]
    assert list(parts(request)) == ["key", "policy", "file"]
    assert "authorization" not in request.headers
    assert "x-session-token" not in request.headers
    assert server.requests[2].headers["x-session-token"] == "secret-guest-0"


def test_file_that_is_too_large_for_the_server_goes_to_the_storage(server, upload):
    server.largest = 100
    upload(size=1000)
    assert server.paths() == ["POST /upload", *PRESIGNED]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_server_without_presigned_uploads_gets_all_files(server, upload, status):
    server.scripted["POST /upload/presign"].append(answer({"detail": "no"}, status))
    upload(size=5000)
    assert server.paths() == ["POST /upload/presign", "POST /upload"]


def test_file_that_is_too_large_for_both_is_refused_in_the_servers_words(server, upload):
    server.largest, server.presigns = 100, False
    with pytest.raises(FileRefused, match=r"The file is too large\."):
        upload(size=5000)
    assert server.paths() == ["POST /upload/presign", "POST /upload"]


def test_storage_error_is_shown(server, upload):
    xml = "<Error><Code>EntityTooLarge</Code><Message>Your upload is too large.</Message></Error>"
    server.scripted["POST /bucket"].append(httpx2.Response(400, text=xml))
    with pytest.raises(FileRefused, match=r"The storage answered 400 to the upload: Your upload is too large\."):
        upload(size=5000)


def test_storage_that_is_busy_is_asked_again(server, upload):
    server.scripted["POST /bucket"].append(httpx2.Response(503, text="SlowDown"))
    upload(size=5000)
    assert server.count("POST /bucket") == 2
    assert parts(server.requests[2])["file"][1] == IMAGE.ljust(5000, b"i")


def test_storage_redirect_is_not_followed(server, upload):
    server.scripted["POST /bucket"].append(httpx2.Response(307, headers={"Location": f"{STORAGE}/elsewhere"}))
    with pytest.raises(FileRefused, match="307"):
        upload(size=5000)


def test_file_names_that_are_no_text_can_be_sent(server, upload):
    upload("h\udce9ro.png")
    assert server.uploads["file-0"][0] == "h?ro.png"


@pytest.mark.parametrize("names", [["a.png", "b.png", "c.png", "d.png", "e.png"]])
def test_parallel_uploads_belong_to_one_guest(server, connection, images, names):
    optimize_files(connection, images(*names), {}, Options(jobs=5))
    assert server.guests == {"secret-guest-0"}


def test_guest_that_the_server_has_forgotten_is_replaced(server, connection, images):
    """Some servers make a new guest, and others refuse the call."""
    connection.identity.guest_token = "of-last-month"
    kept = []
    connection.identity.on_guest_change = kept.append
    server.scripted["POST /upload"].append(answer({"detail": "Invalid session."}, 401))
    outcomes = optimize_files(connection, images("a.png", "b.png"), {})
    assert [each.status for each in outcomes] == ["completed"] * 2
    assert kept == [None, "secret-guest-0"]


def test_user_does_not_become_a_guest(server, http, images):
    identity = Identity("mcp_secret")
    identity.remember_guest("of-a-guest")
    assert identity.headers() == {"Authorization": "Bearer mcp_secret"}


def test_login_that_is_not_valid_is_not_replaced_by_a_guest(server, connection, upload):
    connection.identity.bearer_token = "mcp_old"
    server.scripted["POST /upload"].append(answer({"detail": "Invalid or expired credentials."}, 401))
    with pytest.raises(NotPermitted, match="does not accept the login"):
        upload()
    assert server.count("POST /upload") == 1
