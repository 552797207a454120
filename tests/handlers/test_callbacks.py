"""Callbacks from the request to the queue, and from the queue to the job."""

import json

import pytest

from functions.callbacks import deliver
from functions.stages import fail
from imgopt.callbacks import signing
from imgopt.settings import settings
from imgopt.storage import clients
from tests import pictures

URL = "https://shop.example/hook"


@pytest.fixture
def queued(aws):
    """Takes what is in the queue."""

    def take() -> list[dict]:
        received = clients.sqs().receive_message(QueueUrl=settings().callbacks_queue_url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in received.get("Messages", [])]

    return take


def ask(client, upload, **settings: object):
    uploaded = upload(pictures.png())
    body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": settings}
    return client.post("/auto", json=body, headers={"X-Session-Token": uploaded["session_token"]})


def test_answer_to_a_call_with_a_callback_has_its_secret(client, upload, log_lines):
    answer = ask(client, upload, callback_url=URL).json()
    assert answer["jobs"][0]["callback"] == {"status": "pending", "attempts": 0, "answered": None, "error": None}
    assert len(answer["callback_secret"]) == 64
    assert answer["callback_secret"] not in str(log_lines())


def test_answer_to_a_call_without_a_callback_has_no_secret(client, upload):
    answer = ask(client, upload).json()
    assert (answer["callback_secret"], answer["jobs"][0]["callback"]) == (None, None)


@pytest.mark.parametrize(
    "url",
    ["ftp://shop.example", "https://a:b@shop.example", "https://shop.example:22", "http://shop.example", "nonsense"],
)
def test_an_impossible_url_is_refused_before_anything_is_done(client, upload, stored, url):
    assert ask(client, upload, callback_url=url).status_code == 422
    assert "JOB" not in stored()["items"]


def test_the_end_of_a_job_is_queued(client, upload, run_stages, queued):
    job_id = ask(client, upload, callback_url=URL).json()["jobs"][0]["id"]
    assert queued() == []
    run_stages(job_id)
    assert queued() == [{"job_id": job_id, "attempt": 1}]


def test_a_failure_is_queued_too(client, upload, queued):
    job_id = ask(client, upload, callback_url=URL).json()["jobs"][0]["id"]
    fail.handler({"job_id": job_id, "error": {"Error": "States.Runtime", "Cause": ""}}, None)
    assert queued() == [{"job_id": job_id, "attempt": 1}]


def test_jobs_without_a_callback_queue_nothing(submit, run_stages, queued):
    run_stages(submit(pictures.png())["id"])
    assert queued() == []


def test_delivered_callback_is_shown_in_the_job(client, upload, run_stages, queued, monkeypatch):
    job_id = ask(client, upload, callback_url=URL).json()["jobs"][0]["id"]
    run_stages(job_id)
    monkeypatch.setattr("imgopt.callbacks.service.post", lambda *_: 204)
    deliver.handler({"Records": [{"body": json.dumps(message)} for message in queued()]}, Context())
    shown = client.get(f"/status/{job_id}").json()["job"]["callback"]
    assert shown == {"status": "delivered", "attempts": 1, "answered": 204, "error": None}


class Context:
    """The attributes of Lambda's context that its logger reads."""

    function_name = "deliver"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn"
    aws_request_id = "1"


def test_the_secret_comes_from_secrets_manager_where_none_is_set(aws, monkeypatch):
    arn = clients.secretsmanager().create_secret(Name="signing", SecretString="from the manager")["ARN"]
    monkeypatch.setenv("IMGOPT_SIGNING_SECRET", "")
    monkeypatch.setenv("IMGOPT_SIGNING_SECRET_ARN", arn)
    settings.cache_clear()
    by_manager = signing.derive_secrets("guest")[0]
    monkeypatch.setenv("IMGOPT_SIGNING_SECRET", "from the manager")
    settings.cache_clear()
    assert signing.derive_secrets("guest")[0] == by_manager


@pytest.fixture
def hook(client, upload, run_stages, queued, monkeypatch):
    """A job that has ended, of which a client's server was to be told; its answers, and how often it was asked."""
    job_id = ask(client, upload, callback_url=URL).json()["jobs"][0]["id"]
    run_stages(job_id)
    queued()
    asked, answers = [], []
    monkeypatch.setattr("imgopt.callbacks.service.post", lambda *_: asked.append(1) or answers.pop(0))

    def bring(attempt: int, *given: int) -> None:
        answers.extend(given)
        message = json.dumps({"job_id": job_id, "attempt": attempt})
        deliver.handler({"Records": [{"body": message}]}, Context())

    return bring, asked, lambda: client.get(f"/status/{job_id}").json()["job"]["callback"]


def test_a_message_that_comes_twice_is_one_attempt(hook):
    """A queue may send it so, and whoever fills the queue, when an answer is lost: attempts don't multiply."""
    bring, asked, shown = hook
    bring(1, 500)
    bring(1)
    bring(2, 500)
    bring(1)
    bring(2)
    assert (len(asked), shown()["attempts"]) == (2, 2)


def test_delivered_callback_stays_so_when_the_same_attempt_fails_beside_it(hook, monkeypatch):
    bring, asked, shown = hook
    monkeypatch.setattr("imgopt.callbacks.service._is_settled", lambda *_: False)
    bring(1, 500)
    bring(1, 204)
    bring(1, 500)
    bring(2, 500)
    assert len(asked) == 4
    assert shown() == {"status": "delivered", "attempts": 1, "answered": 204, "error": None}
