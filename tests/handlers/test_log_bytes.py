"""The bytes that the functions log for an image, as CloudWatch counts them: the lines, and 26 bytes for each."""

import json
from io import StringIO
from typing import Any

import pytest

from benchmarks.costs import LOGGED_BYTES
from imgopt.telemetry import logger
from tests import pictures

OF_A_LINE = 26
# What handlers of schedules have added to all lines of their process, if they ran before in this one.
OF_SCHEDULES = ("cold_start", "function_name", "function_memory_size", "function_arn", "function_request_id")
# As API Gateway fills in what the format names.
EXAMPLES = {
    "requestId": "3f1f2c9e-0000-4000-8000-000000000000",
    "requestTime": "30/Nov/2026:03:59:15 +0000",
    "httpMethod": "POST",
    "resourcePath": "/{proxy+}",
    "status": "200",
    "responseLatency": "120",
}


def bytes_of(printed: str) -> int:
    return sum(len(line.encode()) + OF_A_LINE for line in printed.splitlines())


@pytest.fixture
def printed(capsys, monkeypatch):
    """Returns what the logger and the metrics have written to the log since the last call."""
    stream = StringIO()
    logger.remove_keys(OF_SCHEDULES)
    for handler in logger.handlers:
        monkeypatch.setattr(handler, "stream", stream)

    def take() -> str:
        lines = stream.getvalue() + capsys.readouterr().out
        stream.seek(0)
        stream.truncate()
        return lines

    return take


def test_few_bytes_are_logged_for_an_image(client, upload, run_stages, printed, templates):
    uploaded = upload(pictures.jpeg(), "hero.jpg")
    headers = {"X-Session-Token": uploaded["session_token"]}
    body = {"temp_file_ids": [uploaded["temp_file_id"]]}
    job_id = client.post("/auto", json=body, headers=headers).json()["jobs"][0]["id"]
    of_requests = bytes_of(printed())
    run_stages(job_id)
    of_stages = bytes_of(printed())
    for path in (f"/status/{job_id}", f"/download/{job_id}"):
        client.get(path, headers=headers).raise_for_status()
    of_requests += bytes_of(printed())
    logged = {"requests": of_requests, "stages": of_stages, "access log": 4 * _access_bytes(templates)}
    assert all(0.9 < size / LOGGED_BYTES[name] <= 1 for name, size in logged.items()), logged


def _access_bytes(templates: dict[str, dict[str, Any]]) -> int:
    resources = templates["ImgoptApi"]["Resources"].values()
    (stage,) = (each["Properties"] for each in resources if each["Type"] == "AWS::ApiGateway::Stage")
    line = stage["AccessLogSetting"]["Format"]
    for name, value in EXAMPLES.items():
        line = line.replace(f"$context.{name}", value)
    assert "$context" not in json.dumps(line)
    return bytes_of(line)
