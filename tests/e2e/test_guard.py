"""Pages of other websites, and other programs, get nothing from any listening socket.

And what a page of the service gets: signed files and forms.
"""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Thread
from urllib.parse import urlsplit

import httpx2
import pytest

from local.cloud import Cloud
from tests import pictures
from tests.e2e.chromium import PROGRAM, Pipe
from tests.e2e.conftest import connect, wait_for_end
from tests.e2e.scripted_tab import ScriptedTab
from tests.e2e.sockets import NEEDS_PROC, listening

SITE = "https://evil.example"
NEXT = "/2018-06-01/runtime/invocation/next"
# As browsers send them from a page of another website: scripts, images, forms; and as programs do.
SENDERS = {
    "script": {"Origin": SITE, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    "image": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    "form": {"Origin": "null", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    "page of another port": {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"},
    "program": {},
    "program with made-up credentials": {
        "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}",
        "X-Amz-Date": "20260101T000000Z",
    },
}
FUNCTION = {"FunctionName": "theirs", "Runtime": "python3.13", "Role": "r", "Handler": "a.b", "Code": {"ZipFile": ""}}


@pytest.fixture
def outsider() -> Iterator[httpx2.Client]:
    with connect() as client:
        yield client


@pytest.fixture(scope="module")
def job(cloud: Cloud) -> dict:
    """A completed one, whose id and signed address are known."""
    with connect(cloud.url) as client:
        uploaded = client.post("/upload", files={"file": ("a.jpg", pictures.jpeg())}).raise_for_status().json()
        asked, headers = {"temp_file_ids": [uploaded["temp_file_id"]]}, {"X-Session-Token": uploaded["session_token"]}
        job = client.post("/auto", json=asked, headers=headers).raise_for_status().json()["jobs"][0]
        ended = wait_for_end(client, job["id"])
        return {**ended, "url": client.get(f"/download/{job['id']}/url").raise_for_status().json()["url"]}


def attempts(cloud: Cloud, job: dict) -> list[tuple[str, str, bytes]]:
    """List, read, write, call and create."""
    known = cloud.deployment.api_environment
    files, function = known["IMGOPT_RESULTS_BUCKET"], cloud.deployment.outputs["ImagesFunctionName"]
    gateway = urlsplit(cloud.gateway_url).path
    return [
        ("GET", "/", b""),
        ("GET", f"/{files}?list-type=2", b""),
        ("GET", f"/{files}/{job['processed_file_path']}", b""),
        ("GET", urlsplit(job["url"]).path, b""),
        ("PUT", f"/{files}/theirs", b"x"),
        ("DELETE", f"/{files}/{job['processed_file_path']}", b""),
        ("POST", f"/2015-03-31/functions/{function}/invocations", b"{}"),
        ("POST", "/2015-03-31/functions", json.dumps(FUNCTION).encode()),
        ("POST", "/_ministack/reset", b""),
        ("GET", "/_ministack/lambda-code/" + function, b""),
        ("POST", f"{gateway}/upload", b""),
        ("GET", f"{gateway}/health", b""),
        ("OPTIONS", f"/{files}", b""),
    ]


@pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)
def test_the_emulator_gives_outsiders_nothing(cloud, job, outsider, sender):
    for method, target, body in attempts(cloud, job):
        answer = outsider.request(method, cloud.endpoint + target, content=body, headers=sender)
        assert (method, target, answer.status_code) == (method, target, 403)
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert job["processed_file_path"] in stored(cloud)
    assert "theirs" not in stored(cloud)
    assert "theirs" not in functions(cloud)


def stored(cloud: Cloud) -> list[str]:
    bucket = cloud.deployment.api_environment["IMGOPT_RESULTS_BUCKET"]
    pages = cloud.session.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [each["Key"] for page in pages for each in page.get("Contents", [])]


def functions(cloud: Cloud) -> list[str]:
    return [each["FunctionName"] for each in cloud.session.client("lambda").list_functions()["Functions"]]


def test_a_page_that_knows_a_signed_address_reads_nothing_by_it(job, outsider):
    for name in ("script", "image", "form"):
        assert outsider.get(job["url"], headers=SENDERS[name]).status_code == 403
    assert outsider.get(job["url"]).status_code == 200


def test_a_name_that_was_made_to_lead_here_is_no_use(cloud, job, outsider):
    for url in (cloud.endpoint + "/", job["url"], cloud.url + "/health", cloud.url + "/docs"):
        host = f"evil.example:{urlsplit(url).port}"
        assert outsider.get(url, headers={"Host": host}).status_code in (403, 421)


def test_the_service_is_not_read_by_other_pages_either(cloud, outsider):
    answer = outsider.get(f"{cloud.url}/health", headers={"Origin": SITE})
    assert "access-control-allow-origin" not in answer.headers
    sent = outsider.post(f"{cloud.url}/upload", files={"file": pictures.png()}, headers={"Origin": SITE})
    assert sent.status_code == 403


def test_a_page_of_the_service_takes_and_sends_files_by_signed_addresses(cloud, job, outsider):
    own = {"Origin": cloud.url, "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}
    taken = outsider.get(job["url"], headers=own).raise_for_status()
    assert taken.headers["access-control-allow-origin"] == cloud.url
    data = pictures.png()
    body = {"filename": "a.png", "size": len(data), "content_type": "image/png"}
    announced = outsider.post(f"{cloud.url}/upload/presign", json=body, headers=own).raise_for_status().json()
    preflight = outsider.options(announced["url"], headers={**own, "Access-Control-Request-Method": "POST"})
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, cloud.url)
    files = {"file": ("a.png", data, "image/png")}
    sent = outsider.post(announced["url"], data=announced["fields"], files=files, headers=own).raise_for_status()
    assert sent.headers["access-control-allow-origin"] == cloud.url


def test_the_gateway_does_not_believe_what_a_client_says_of_its_address(cloud, outsider):
    """All addresses count as one; at least two of three calls are in the same hour."""
    standings = []
    for number in range(3):
        said = {**cloud.gateway_headers, "X-Forwarded-For": f"203.0.113.{number}"}
        headers = outsider.post(f"{cloud.gateway_url}/mcp/auth/device-code", headers=said).raise_for_status().headers
        standings.append((headers["x-ratelimit-reset"], int(headers["x-ratelimit-remaining"])))
    steps = [before[1] - after[1] for before, after in pairwise(standings) if before[0] == after[0]]
    assert steps
    assert set(steps) == {1}


def test_the_server_believes_no_client_on_what_its_address_is(cloud, outsider):
    """By default uvicorn would believe any client on the same machine."""

    def remaining(claimed: str) -> int:
        answer = outsider.post(f"{cloud.url}/upload", files={"file": b"no image"}, headers={"X-Forwarded-For": claimed})
        return int(answer.headers["X-RateLimit-Remaining"])

    first, second, third = (remaining(f"192.0.2.{number}") for number in (1, 2, 3))
    assert (first - second, second - third) == (1, 1)


@NEEDS_PROC
def test_listening_ports_are_known_and_on_this_machine_alone(cloud, job):
    """The service, the emulator, and a runtime API for each process of a function, which gives nobody an invocation."""
    own = {urlsplit(url).port for url in (cloud.url, cloud.endpoint)}
    found = {child.name: listening(child.process.pid) for child in (cloud.server, cloud.emulator, cloud.worker)}
    assert found["HTTP server"] == {("127.0.0.1", urlsplit(cloud.url).port)}
    assert found["upscaler"] == set()
    assert {host for host, _ in found["emulator"]} == {"127.0.0.1"}
    runtimes = {port for _, port in found["emulator"]} - own
    assert runtimes  # of the functions that the job went through
    for port in runtimes:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", NEXT, headers={"Origin": SITE})
        assert connection.getresponse().status == 403


class Offers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<h1>{OFFERS}</h1>".encode())

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@pytest.fixture
def tab(chromium: Pipe) -> Iterator[ScriptedTab]:
    tab = ScriptedTab(chromium)
    yield tab
    tab.close()


@pytest.fixture
def page() -> Iterator[str]:
    """Somebody else's, on another port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Offers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


OFFERS = "Offers"
TRY = """
(async () => {
  const told = {}
  for (const [name, url, options] of %s) {
    try { const answer = await fetch(url, options); told[name] = [answer.status, (await answer.text()).length] }
    catch (error) { told[name] = 'refused' }
  }
  return told
})()
"""


@pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium")
def test_scripts_of_another_page_get_nothing_in_a_browser(cloud, job, page, tab):
    """But for what browsers send without letting the page read it, which changes nothing."""
    tried = [
        [f"{method} {path}", cloud.endpoint + path, how(method, body)] for method, path, body in attempts(cloud, job)
    ]
    tried += [["signed", job["url"], {}], ["health", f"{cloud.url}/health", {}]]
    blind = [["blind " + name, url, {**options, "mode": "no-cors"}] for name, url, options in tried]
    tab.open(page, OFFERS)
    told = tab.evaluate(TRY % json.dumps(tried + blind))
    assert {name: told[name] for name, *_ in tried} == {name: "refused" for name, *_ in tried}
    assert {str(told[name]) for name, *_ in blind} <= {"refused", "[0, 0]"}
    assert "theirs" not in stored(cloud) + functions(cloud)


def how(method: str, body: bytes) -> dict[str, str]:
    return {"method": method, **({"body": body.decode()} if body else {})}
