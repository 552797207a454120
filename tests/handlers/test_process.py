"""Processing by a task queue: its service account requests an existing job."""

import asyncio
from threading import Thread

import pytest

from functions.api import callers
from functions.stages import plan
from imgopt import clock
from imgopt.errors import NotFound, Unauthorized
from imgopt.jobs import external_tasks
from imgopt.jobs import repository as jobs
from imgopt.jobs.watching import Watcher
from imgopt.settings import settings
from imgopt.storage import executions
from tests import pictures
from tests.handlers.test_processing import executions as started

ACCOUNT = "tasks@project.iam.example"
CLAIMS = {"sub": "1234", "email": ACCOUNT, "email_verified": True}


@pytest.fixture(autouse=True)
def set_up(environment, monkeypatch):
    """Tokens are their own names here: what makes one valid is tested with those of users."""
    known = {"ISSUER": "https://issuer.example", "AUDIENCE": "imgopt", "SUBJECT": ACCOUNT, "SECONDS": "0.05"}
    for name, value in known.items():
        monkeypatch.setenv(f"IMGOPT_PROCESS_{name}", value)
    settings.cache_clear()
    monkeypatch.setattr(callers, "read_claims", read_claims)


GOOD = "Bearer good"
TOKENS = {"good": CLAIMS, "by subject": {"sub": ACCOUNT}}
OTHERS = {
    "someone else": {"sub": "5678", "email": "me@example.com", "email_verified": True},
    "not verified": {**CLAIMS, "email_verified": False},
    "nobody": {},
}


def read_claims(token: str) -> dict:
    known = {**TOKENS, **OTHERS}
    if token not in known:
        raise Unauthorized("Invalid or expired credentials.")
    return known[token]


@pytest.fixture
def ask(client):
    def send(job: dict, token: str = GOOD, task: str | None = None, **body: object):
        request_body = {"job_id": job["id"], "input_path": job["original_file_path"], "settings": {}, **body}
        headers = {"Authorization": token} | ({"X-CloudTasks-TaskName": task} if task else {})
        return client.post("/process", json=request_body, headers=headers)

    return send


def test_a_job_that_has_ended_is_answered_with_its_results(ask, submit, run_stages):
    job = submit(pictures.png(), output_format="webp")
    run_stages(job["id"])
    answer = ask(job, settings={"output_format": "webp"})
    fields = answer.json()
    assert (answer.status_code, fields["success"], fields["status"]) == (200, True, "completed")
    assert (fields["job_id"], fields["processed_format"], fields["error"]) == (job["id"], "webp", None)


def test_a_job_that_failed_is_answered_with_the_reason(ask, submit):
    """The status keeps queues from repeating the call, which would not help."""
    job = submit(pictures.png())
    jobs.mark_failed(job["id"], clock.now(), "The PNG file is damaged.")
    answer = ask(job)
    assert (answer.status_code, answer.json()["success"]) == (200, False)
    assert answer.json()["error"] == "The PNG file is damaged."


def test_unfinished_job_is_answered_by_202(ask, submit):
    job = submit(pictures.png())
    answer = ask(job)
    assert (answer.status_code, answer.json()) == (202, {"success": True, "job_id": job["id"], "status": "queued"})


def test_an_end_that_comes_while_it_is_waited_for_is_answered(ask, submit, run_stages, monkeypatch):
    monkeypatch.setenv("IMGOPT_PROCESS_SECONDS", "20")
    settings.cache_clear()
    job = submit(pictures.png())
    work = Thread(target=run_stages, args=(job["id"],))
    work.start()
    assert ask(job).json()["status"] == "completed"
    work.join()


def test_a_job_that_was_never_started_is_started_once(ask, submit, monkeypatch, machine, clock_at):
    with monkeypatch.context() as crashed:
        crashed.setattr(executions, "start", lambda *_, **__: None)
        job = submit(pictures.png())
    assert started() == []
    clock_at(seconds=61 if machine == "express" else 0)  # of a standard one Step Functions knows
    assert [ask(job, task="a").status_code for _ in range(2)] == [202, 202]
    assert started() == [job["id"]]


def test_a_job_that_is_under_way_is_not_started_again(ask, submit, monkeypatch):
    job = submit(pictures.png())
    plan.handler({"job_id": job["id"]}, None)
    monkeypatch.setattr(executions, "start", lambda *_, **__: 1 / 0)
    assert ask(job).json()["status"] == "processing"


def test_a_task_stays_with_its_job(ask, submit):
    first, second = submit(pictures.png()), submit(pictures.png())
    assert [ask(first, task="a").status_code, ask(second, task="a").status_code] == [202, 422]
    assert ask(second, task="b").status_code == 202


@pytest.mark.parametrize("token", ["Bearer by subject", "bearer good"])
def test_the_account_is_known_by_its_subject_or_its_address(ask, submit, token):
    assert ask(submit(pictures.png()), token).status_code == 202


@pytest.mark.parametrize(
    "token", ["", "good", "Basic good", "Bearer", "Bearer bad", *(f"Bearer {each}" for each in OTHERS)]
)
def test_callers_without_the_expected_token_are_refused(ask, submit, token):
    answer = ask(submit(pictures.png()), token)
    assert answer.status_code == 401
    assert answer.json()["detail"]


@pytest.mark.parametrize("missing", ["ISSUER", "AUDIENCE", "SUBJECT"])
def test_unconfigured_processing_is_answered_by_501(ask, submit, monkeypatch, missing):
    job = submit(pictures.png())
    monkeypatch.setenv(f"IMGOPT_PROCESS_{missing}", "")
    settings.cache_clear()
    answer = ask(job)
    assert (answer.status_code, answer.json()) == (501, {"detail": "Processing by a task queue is not set up."})


@pytest.mark.parametrize("job_id", ["3f1f2c9e-0000-4000-8000-000000000000", "unknown", "", "é", "a" * 5000])
def test_a_job_that_there_is_not_is_not_found(ask, job_id):
    assert ask({"id": job_id, "original_file_path": "uploads/a"}).status_code == 404


@pytest.mark.parametrize(
    "body", [{"input_path": "uploads/other"}, {"settings": {"output_quality": 10}}, {"settings": {"output_width": 9}}]
)
def test_a_job_is_not_done_otherwise_than_it_was_paid_for(ask, submit, body):
    assert ask(submit(pictures.png()), **body).status_code == 422


def test_an_expired_job_is_gone(ask, submit, clock_at):
    job = submit(pictures.png())
    clock_at(days=2)
    assert ask(job).status_code == 410


def test_a_job_that_is_deleted_while_it_is_waited_for_is_not_found(submit):
    (job,) = jobs.find_all([submit(pictures.png())["id"]])
    with pytest.raises(NotFound):
        asyncio.run(external_tasks.wait_for_end(Watcher(lambda job_ids: []), job, 20))
