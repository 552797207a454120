"""The audit of components: known vulnerabilities, and components that were not audited."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from supply_chain import advisories, audit
from supply_chain.advisories import OSV_URL, Advisories, NotAudited
from supply_chain.audit import Result
from supply_chain.components import Component, Place

FLAW = {"id": "FLAW-1", "modified": "2026-01-01T00:00:00Z", "summary": "reads too far"}
NOWHERE = "http://127.0.0.1:9"


class Service(ThreadingHTTPServer):
    """Speaks as much of OSV's protocol as is used, and knows of a flaw in `flawed`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.flawed = ""
        self.asked: list[dict] = []
        self.status = 200


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        self.server.asked += body
        flawed = [self.server.flawed in (each["package"].get("purl"), each["package"].get("name")) for each in body]
        self.answer({"results": [{"vulns": [FLAW]} if each else {} for each in flawed]})

    def do_GET(self) -> None:
        self.answer(FLAW)

    def answer(self, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def service(monkeypatch) -> Iterator[Service]:
    with Service() as service:
        Thread(target=service.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv(OSV_URL, f"http://127.0.0.1:{service.server_port}/")
        yield service
        service.shutdown()


@pytest.fixture
def wheel(monkeypatch) -> None:
    """One package, which brings along a crate, a library, and a library that doesn't tell its version."""
    here = frozenset({Place.DEVELOPMENT})
    crate = Component("usvg", "0.46.0", here, purl="pkg:cargo/usvg@0.46.0?download_url=file://.")
    parts = (crate, Component("LibHEIF", "1.23.0", here), Component("cairo", None, here))
    monkeypatch.setattr(advisories, "packages", lambda: [Component("drawing", "1.0", here, parts=parts)])


def test_flaws_of_python_packages(service):
    service.flawed = "pillow"
    answer = advisories.of_python()
    assert answer.queried == len(service.asked) > 150
    assert [flaw.split(":")[1] for flaw in answer.flaws] == [" FLAW-1"]


def test_no_answer_about_python_packages(monkeypatch):
    monkeypatch.setenv(OSV_URL, NOWHERE)
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(NotAudited):
        advisories.of_python()


@pytest.mark.parametrize("flawed", ["pkg:cargo/usvg@0.46.0", "libheif"])
def test_flaws_of_what_a_wheel_brings_along(service, wheel, flawed):
    service.flawed = flawed
    answer = advisories.of_wheels()
    assert (answer.queried, answer.unknown) == (2, ("cairo in drawing",))
    assert [flaw.split(": ")[1] for flaw in answer.flaws] == ["FLAW-1"]


def test_no_answer_about_what_a_wheel_brings_along(service, wheel, monkeypatch):
    service.status = 500
    with pytest.raises(NotAudited, match="500"):
        advisories.of_wheels()
    monkeypatch.setenv(OSV_URL, NOWHERE)
    with pytest.raises(NotAudited):
        advisories.of_wheels()


def test_flaws_of_npm_packages(monkeypatch):
    flaw = {"range": "<2", "severity": "high", "via": [{"title": "reads too far", "url": "FLAW-1"}, "b"]}
    report = {"auditReportVersion": 2, "vulnerabilities": {"a": flaw}}
    monkeypatch.setattr(advisories, "ask_npm", lambda *arguments: json.dumps(report))
    assert advisories.of_node().flaws == ("a <2: high: reads too far (FLAW-1), b",)


@pytest.mark.parametrize("said", ["", '{"message": "405 Method Not Allowed", "statusCode": 405}'])
def test_no_answer_about_npm_packages(monkeypatch, said):
    monkeypatch.setattr(advisories, "ask_npm", lambda *arguments: said)
    with pytest.raises(NotAudited):
        advisories.of_node()


def refuse() -> Advisories:
    raise NotAudited("there is no network")


@pytest.mark.parametrize(
    ("asks", "result"),
    [
        ([lambda: Advisories(3, ()), lambda: Advisories(2, ())], Result.NONE_KNOWN),
        ([lambda: Advisories(3, ()), refuse], Result.NOT_AUDITED),
        ([refuse, lambda: Advisories(3, ("a 1: FLAW-1",))], Result.FLAWS),
    ],
)
def test_the_exit_code_tells_flaws_from_missing_answers(monkeypatch, asks, result):
    monkeypatch.setattr(audit, "AUDITS", {f"subject {number}": ask for number, ask in enumerate(asks)})
    assert audit.main() is result


def test_audit_without_an_answer_says_nothing_about_flaws(capsys):
    assert audit.audit("npm packages", refuse) is Result.NOT_AUDITED
    assert capsys.readouterr().out == "npm packages: NOT AUDITED: there is no network\n"
