"""Bodies over the limit are answered by 413 while they arrive, by their stated or their actual length."""

import pytest

from functions.api.app import build_app
from imgopt.settings import settings
from tests.direct_client import DirectClient


@pytest.fixture
def client(environment, monkeypatch):
    monkeypatch.setenv("IMGOPT_MAX_UPLOAD_BYTES", "1000")
    monkeypatch.setenv("IMGOPT_MAX_JSON_BYTES", "1000")
    settings.cache_clear()
    return DirectClient(build_app())


def pieces(count: int):
    for _ in range(count):
        yield b"x" * 1024


@pytest.mark.parametrize("path", ["/upload", "/auto", "/unknown"])
def test_an_announced_length_is_enough(client, path):
    answer = client.post(path, content=b"x" * 100_000)
    assert answer.status_code == 413
    assert "too large" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/upload", "/auto"])
def test_a_body_that_announces_nothing_is_counted(client, aws, path):
    headers = {"Content-Type": "multipart/form-data; boundary=b"} if path == "/upload" else {}
    assert client.post(path, content=pieces(100), headers=headers).status_code == 413


def test_a_body_within_the_limit_is_read(client, aws):
    assert client.post("/auto", content=b"x" * 900).status_code == 422


def test_error_names_the_limits_in_the_gateways_words(client, monkeypatch):
    monkeypatch.setenv("IMGOPT_MAX_MULTIPART_BYTES", "4400000")
    monkeypatch.setenv("IMGOPT_MAX_UPLOAD_BYTES", "52428800")
    settings.cache_clear()
    detail = client.post("/upload", content=b"", headers={"Content-Length": "5000000"}).json()["detail"]
    assert detail.startswith("Request too large. The limit is 4.4 MB. Upload files of up to 52.4 MB with")
