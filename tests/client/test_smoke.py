"""The smoke test after a deployment: its messages and its exit codes."""

import httpx2
import pytest

from cdk import smoke
from imgopt_client.errors import ExitCode
from tests import pictures
from tests.client.server import SERVER, answer

STREAM, EVENTS = "GET /status/job-0/stream", {"content-type": "text/event-stream; charset=utf-8"}
SAMPLE, SMALLER = pictures.jpeg(), pictures.webp(quality=40)
DONE = b'data: {"job": {"id": "job-0", "status": "completed"}}\n\n'


@pytest.fixture
def run(server, http, tmp_path, monkeypatch):
    """The exit code, with a service that does all right unless the test has it do something else."""
    sample = tmp_path / "sample.jpg"
    sample.write_bytes(SAMPLE)
    server.result, server.largest = SMALLER, len(SAMPLE)
    monkeypatch.setattr(smoke.time, "sleep", lambda seconds: None)

    def call(stream: httpx2.Response | None = None, **environment: str) -> int:
        server.scripted[STREAM].append(stream or httpx2.Response(200, content=DONE, headers=EVENTS))
        return smoke.main({"URL": SERVER, **environment}, http, sample)

    return call


def test_image_goes_through_and_each_step_is_told(run, server, capsys):
    assert run() == ExitCode.DONE
    uploaded, followed, downloaded = capsys.readouterr().out.splitlines()
    assert uploaded == f"ok  uploaded: sample.jpg, {len(SAMPLE):,} bytes"
    assert followed == "ok  followed: the job is completed"
    assert downloaded.startswith(f"ok  downloaded: WEBP, 48x32, {len(SMALLER):,} bytes, ")
    assert server.paths() == ["POST /upload", "POST /auto", STREAM, "GET /status/job-0", "GET /download/job-0"]


def test_key_goes_with_every_request(run, server):
    assert run(KEY="secret") == ExitCode.DONE
    assert {each.headers["authorization"] for each in server.requests} == {"Bearer secret"}


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (SAMPLE, "The result is not smaller: "),
        (SMALLER[: len(SMALLER) // 2], "The result can't be decoded: "),
        (b"a result that is none", "The result can't be decoded: "),
        (pictures.encode(pictures.draw().resize((9, 9)), "PNG"), "The result has 9x9 pixels, not 48x32."),
    ],
)
def test_result_that_is_not_as_it_should_be_fails(run, server, capsys, result, said):
    server.result = result
    assert run() == ExitCode.FAILED
    assert capsys.readouterr().err.startswith(f"imgopt: {said}")


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (answer({"jobs": []}), "The status stream is not a stream of events."),
        (httpx2.Response(200, content=b": hello\n\n", headers=EVENTS), "has no events of the job"),
        (answer({"detail": "There is no such job."}, 404), "There is no such job."),
    ],
)
def test_stream_that_is_none_fails(run, capsys, stream, said):
    assert run(stream) == ExitCode.FAILED
    assert said in capsys.readouterr().err


def test_failed_job_is_told_with_its_reason(run, server, capsys):
    server.job_status = lambda filename: {"status": "failed", "error_message": "The file is damaged."}
    assert run() == ExitCode.FAILED
    assert capsys.readouterr().err == "imgopt: The file is damaged.\n"


def test_service_that_does_not_answer_has_an_exit_code_of_its_own(run, server, capsys):
    request = httpx2.Request("POST", f"{SERVER}/upload")
    server.scripted["POST /upload"].extend(httpx2.ConnectError("refused", request=request) for _ in range(9))
    assert run() == ExitCode.UNREACHABLE
    assert capsys.readouterr().err == f"imgopt: {SERVER} can't be reached: refused.\n"


def test_key_that_is_refused_has_an_exit_code_of_its_own(run, server, capsys):
    server.scripted["POST /upload"].append(answer({"detail": "Unauthorized"}, 401))
    assert run(KEY="wrong") == ExitCode.NOT_PERMITTED
    assert capsys.readouterr().err == "imgopt: The service does not accept the key.\n"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "name a service: make smoke URL="),
        ({"URL": "img.example.com"}, "is not the URL of a server"),
        ({"URL": "http://img.example.com", "KEY": "secret"}, "unencrypted; use https"),
    ],
)
def test_address_that_is_of_no_use_is_wrong_usage(capsys, environment, said):
    assert smoke.main(environment) == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_waiting_ends(server, run, monkeypatch, capsys):
    monkeypatch.setattr(smoke, "LONGEST_SECONDS", 0)
    server.job_status = lambda filename: {"status": "processing"}
    assert run() == ExitCode.FAILED
    assert capsys.readouterr().err == "imgopt: The job did not end within 0 seconds.\n"
