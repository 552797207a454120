import errno

import pytest

from functions.api.app import build_app
from functions.api.errors import STATUS
from imgopt import errors
from imgopt.storage import clients
from imgopt.telemetry import reference_of
from tests import pictures
from tests.conftest import TABLE, UPLOADS


@pytest.mark.parametrize("path", ["/", "/health", "/readiness"])
def test_the_service_says_that_it_is_there(client, path):
    assert client.get(path).status_code == 200


def test_service_is_not_ready_without_its_table(client):
    clients.dynamodb().delete_table(TableName=TABLE)
    answer = client.get("/readiness")
    assert (answer.status_code, answer.json()) == (503, {"detail": "The table can't be read."})


def test_service_is_not_ready_without_its_bucket(client):
    clients.s3().delete_bucket(Bucket=UPLOADS)
    answer = client.get("/readiness")
    assert (answer.status_code, answer.json()) == (503, {"detail": "The bucket can't be used."})


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 503), (errno.EDQUOT, 503), (errno.EIO, 500)])
def test_a_full_disk_is_said_and_nothing_else_that_the_system_refuses(number, status, client, monkeypatch):
    def refuse(_: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr("imgopt.jobs.repository.find_all", refuse)
    answer = client.get("/status/3f1f2c9e-0000-4000-8000-000000000000")
    assert (answer.status_code, "disk is full" in answer.json()["detail"]) == (status, status == 503)


def test_every_domain_error_has_a_status():
    assert set(STATUS) == errors.KINDS


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("PUT", "/auto", 405)])
def test_every_refusal_is_json_with_a_detail(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_an_unexpected_error_is_logged_and_does_not_tell_of_our_insides(client, monkeypatch, log_lines):
    def crash(_):
        raise KeyError("/var/task/secret.py")

    monkeypatch.setattr("imgopt.jobs.repository.find_all", crash)
    job_id = "3f1f2c9e-0000-4000-8000-000000000000"
    answer = client.get(f"/status/{job_id}")
    assert (answer.status_code, answer.json()) == (500, {"detail": "Internal server error."})
    line = next(each for each in log_lines() if each["message"] == "unexpected error")
    assert (line["job_id"], line["route"]) == (reference_of(job_id), "/status/{job_id}")
    assert "secret.py" in line["exception"]


def test_request_logs_name_the_route_and_the_owner_and_nothing_private(client, upload, log_lines):
    token = upload(pictures.png(), "secret plans.png")["session_token"]
    client.post("/auto?key=private", json={"temp_file_ids": ["unknown"]}, headers={"X-Session-Token": token})
    line = log_lines()[-1]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/auto", 404)
    assert line["owner"].startswith("guest-")
    logged = str(log_lines())
    assert not [private for private in (token, "private", "secret") if private in logged]


def test_requests_about_a_job_are_logged_with_job_and_owner(client, submit, log_lines):
    job = submit(pictures.png())
    client.get(f"/status/{job['id']}")
    line = log_lines()[-1]
    assert (line["route"], line["job_id"]) == ("/status/{job_id}", reference_of(job["id"]))
    assert line["owner"].startswith("guest-")


def test_operations_that_are_not_set_up_answer_501_and_no_others_do(client):
    paths = client.app.openapi()["paths"]
    operations = [(method.upper(), path) for path, methods in paths.items() for method in methods]
    assert {(method, path) for method, path in operations if answers_501(client, method, path)} == NOT_SET_UP


NOT_SET_UP = {
    ("POST", "/process"),
    ("POST", "/webhooks/stripe"),
    ("POST", "/internal/cleanup"),
    ("POST", "/internal/refresh-daily-credits"),
    ("POST", "/mcp/auth/device-code"),
}
BODY = {
    "temp_file_ids": ["unknown"],
    "url": "https://example.com/a.png",
    "name": "n",
    "job_id": "1",
    "input_path": "a",
    "settings": {},
    "price_id": "p",
    "success_url": "https://example.com",
    "cancel_url": "https://example.com",
}


def answers_501(client, method, path) -> bool:
    some_id = "3f1f2c9e-0000-4000-8000-000000000000"
    query = {"job_ids": some_id, "device_code": "c"}
    answer = client.request(
        method, path.format(job_id=some_id, key_id=some_id), params=query, json=BODY if method == "POST" else None
    )
    assert answer.status_code != 500
    if answer.status_code == 501:
        assert "not set up" in answer.json()["detail"].lower()
    return answer.status_code == 501


def test_the_document_is_made_once():
    app = build_app()
    assert app.openapi() is app.openapi()
