"""The requests of WordPress plugins, sent by PHP: to a changed address, or with the must-use plugin of the recipe."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from local.cloud import Cloud
from tests import certificates, pictures
from tests.e2e.https_proxy import https_before
from tests.e2e.recipes import FOLDER

SCRIPTS = Path(__file__).with_name("wordpress")
MUST_USE = FOLDER / "wordpress" / "imgopt-address.php"
PHP = shutil.which("php") or ""


def has_extension(name: str) -> bool:
    known = subprocess.run([PHP, "-m"], capture_output=True, text=True, check=True) if PHP else None
    return known is not None and name in known.stdout.split()


needs_php = pytest.mark.skipif(not PHP, reason="runs PHP")
needs_curl = pytest.mark.skipif(not has_extension("curl"), reason="runs PHP with curl")


def run_php(script: str, *arguments: str) -> str:
    command = [PHP, "-d", "display_errors=stderr", str(SCRIPTS / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(params=["http", "https"])
def address(request, cloud: Cloud, tmp_path):
    """The service's address, and the certificates that lead to it."""
    certificate = tmp_path / "cacert.pem"
    certificate.write_bytes(certificates.of_this_machine())
    if request.param == "http":
        yield cloud.url, certificate
    else:
        with https_before(cloud.url, certificate) as url:
            yield url, certificate


@needs_curl
def test_calls_of_tinypngs_plugin_are_answered(address, api_key, tmp_path):
    url, certificate = address
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(pictures.encode(pictures.draw(size=(1200, 900)), "JPEG", quality=95))
    fields = json.loads(run_php("tinypng_calls.php", url, "", str(certificate), api_key, str(photo)))
    assert {name: answer.get("status") for name, answer in fields.items() if "stream" not in name} == {
        **{"key": 200, "shrunk": 201, "validated": 400, "result": 200, "resized": 200, "converted": 200},
        **{"refused": 400, "unknown": 404},
    }
    assert (fields["key"]["state"], fields["key"]["remaining"]) == ("free", "16")
    assert 0 < fields["result"]["size"] == fields["shrunk"]["json"]["output"]["size"] < photo.stat().st_size
    assert (fields["resized"]["width"], fields["resized"]["type"]) == ("60", "image/jpeg")
    assert fields["converted"]["type"] in ("image/webp", "image/avif")
    assert (fields["shrunk by stream"]["status"], fields["key by stream"]["status"]) == (201, 200)


@needs_curl
def test_certificate_that_is_not_in_the_plugins_list_is_refused(cloud: Cloud, tmp_path):
    certificate, photo = tmp_path / "server.pem", tmp_path / "photo.jpg"
    certificate.write_bytes(certificates.of_this_machine())
    (tmp_path / "others.pem").write_text(certificates.make_chain().root)
    photo.write_bytes(pictures.jpeg())
    with https_before(cloud.url, certificate) as url:
        answer = json.loads(run_php("tinypng_calls.php", url, "", str(tmp_path / "others.pem"), "a key", str(photo)))
    assert "SSL certificate problem" in answer["shrunk"]["error"]


@needs_php
def test_must_use_plugin_answers_for_the_service_alone():
    own, others = "https://api.tinify.ai/status/1", ("https://api.tinify.ai.example/", "https://example.com/")
    before, answered, *refused = json.loads(run_php("filtered.php", str(MUST_USE), own, "defined", own, *others))
    assert before == [False, []]
    assert answered[0] == "of the server"
    ((url, arguments),) = answered[1]
    assert url == "http://10.0.0.5:8080/status/1"
    assert (arguments["reject_unsafe_urls"], arguments["redirection"], arguments["timeout"]) == (False, 0, 60)
    assert arguments["headers"]["Authorization"] == "Bearer tfy_live_x"
    assert refused == [[False, []], [False, []]]


@needs_php
def test_key_is_not_sent_to_the_storage():
    large = "https://api.tinify.ai/download/large"
    ((body, sent),) = json.loads(run_php("filtered.php", str(MUST_USE), "defined", large))
    assert body == "of the storage"
    assert sent[1] == ["https://storage.example/signed", {"timeout": 60}]
