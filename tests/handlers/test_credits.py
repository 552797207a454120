"""The price of calls, refunds of failed jobs, and the answer if credits are missing."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from botocore.exceptions import ClientError

from functions.stages import fail, optimize, plan
from imgopt import authentication, clock
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.credits.service import balance, refresh
from imgopt.errors import Unavailable
from imgopt.files import service as files
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step
from imgopt.jobs import repository, service, submission
from imgopt.jobs.model import Completion, JobStatus
from imgopt.settings import Settings, settings
from imgopt.storage import table
from tests import pictures

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MIDNIGHT, TICK = NOON + timedelta(hours=12), timedelta(microseconds=1)
FREE = Principal("user-1", Tier.FREE, Credential.JWT)
RESULT = Artifact("png", 9, 9, "oxipng", 80, key="results/a.png", size=9)
ENDING = Completion((Step.COMPRESS,), RESULT)


@pytest.fixture
def at(monkeypatch):
    """Sets the clock."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def ask(client, upload):
    """Asks for jobs on so many files, as a guest."""
    uploads: list[dict] = []

    def send(path: str = "/auto", files: int = 1, data: bytes = b"", key: str = "", **body: object):
        token = uploads[0]["session_token"] if uploads else None
        for _ in range(files):
            uploads.append(upload(data or pictures.png(), token=token))
            token = uploads[0]["session_token"]
        ids = [each["temp_file_id"] for each in uploads[-files:]]
        headers = {"X-Session-Token": token, **({"Idempotency-Key": key} if key else {})}
        return client.post(path, json={"temp_file_ids": ids, **body}, headers=headers)

    return send


@pytest.fixture
def working(ask):
    """A job of 3 credits that is being worked on."""

    def make() -> str:
        job_id = ask().json()["jobs"][0]["id"]
        plan.handler({"job_id": job_id}, None)
        return job_id

    return make


def used(job_id: str) -> tuple[int, int]:
    """The credits of the job, and all that its owner has used of the period that paid for it."""
    job = service.find(job_id)
    return job.credits_used, int(table.get({"pk": f"CREDITS#{job.owner}", "sk": job.credit_period})["used"])


def fail_and_refund(job_id: str) -> None:
    cause = json.dumps({"errorMessage": "The PNG file is damaged."})
    fail.handler({"job_id": job_id, "error": {"Error": "InvalidImage", "Cause": cause}}, None)


@pytest.mark.parametrize(
    ("path", "body", "cost"),
    [
        ("/auto", {}, 3),
        ("/auto", {"settings": {"output_width": 20}}, 4),
        ("/compress", {"quality": 50}, 3),
        ("/resize", {"width": 20}, 4),
        ("/upscale", {"factor": 2}, 5),
        ("/tag", {}, 4),
        ("/tag", {"rename_file": True, "settings": {"output_width": 20, "output_upscale_factor": 2}}, 7),
    ],
)
def test_an_answer_tells_what_the_call_cost_and_what_is_left(client, ask, path, body, cost):
    answer = ask(path, **body).json()
    assert (answer["credits_used"], answer["credits_remaining"]) == (cost, 20 - cost)
    job = answer["jobs"][0]
    assert job["credits_used"] == client.get(f"/status/{job['id']}").json()["job"]["credits_used"] == cost


def test_calls_add_up(ask):
    assert [ask(files=files).json()["credits_remaining"] for files in (1, 2, 3)] == [17, 11, 2]


def test_an_animation_is_paid_for_by_the_frame(ask):
    answer = ask(data=pictures.gif(frames=6), settings={"gif_frame_limit": 4, "output_width": 24}).json()
    assert (answer["credits_used"], answer["credits_remaining"]) == (16, 4)


def test_insufficient_credits_are_refused_with_the_remainder_and_the_reset_time(ask, at):
    at(NOON)
    ask(files=6)
    answer = ask(settings={"output_width": 20})
    assert answer.status_code == 429
    assert answer.json() == {
        "detail": "Insufficient credits. Need 4, have 2.",
        "is_guest": True,
        "tier": "unregistered",
        "credits_limit": 20,
        "credits_remaining": 2,
        "credits_needed": 4,
        "credits_reset_at": "2026-03-02T00:00:00+00:00",
    }
    assert (answer.headers["Retry-After"], answer.headers["X-RateLimit-Remaining"]) == ("43200", "2")


def test_call_after_the_reset_time_is_served(ask, at):
    at(MIDNIGHT - TICK)
    ask(files=6)
    refused = ask()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    at(MIDNIGHT - TICK + timedelta(seconds=1))
    assert ask().json()["credits_remaining"] == 17


def test_a_batch_that_is_too_dear_as_a_whole_creates_no_job_and_costs_nothing(ask, stored):
    assert ask(files=7).status_code == 429
    assert "JOB" not in stored()["items"]
    assert ask().json()["credits_remaining"] == 17


def test_cost_above_the_whole_limit_is_refused(ask):
    answer = ask(data=pictures.gif(frames=7))
    assert (answer.status_code, answer.json()["credits_needed"], answer.json()["credits_remaining"]) == (429, 21, 20)


def test_the_largest_batch_that_the_settings_allow_fits_into_one_transaction(ask, monkeypatch):
    largest = next(each.le for each in Settings.model_fields["max_batch_files"].metadata if hasattr(each, "le"))
    monkeypatch.setenv("IMGOPT_MAX_BATCH_FILES", str(largest))
    monkeypatch.setenv("IMGOPT_CREDITS_UNREGISTERED", "1000")
    monkeypatch.setenv("IMGOPT_RATE_UPLOADS_UNREGISTERED", "1000")
    settings.cache_clear()
    answer = ask(files=largest, key="a")
    assert (answer.status_code, answer.json()["credits_used"]) == (200, 3 * largest)


def test_users_have_the_credits_of_their_plan(client, upload, monkeypatch):
    monkeypatch.setattr(authentication, "authenticate", lambda *_: FREE)
    ids = [upload(pictures.png())["temp_file_id"] for _ in range(17)]
    answer = client.post("/auto", json={"temp_file_ids": ids[:16]})
    assert (answer.json()["credits_used"], answer.json()["credits_remaining"]) == (48, 2)
    refused = client.post("/auto", json={"temp_file_ids": ids[16:]}).json()
    assert (refused["is_guest"], refused["tier"], refused["credits_limit"]) == (False, "free", 50)


@pytest.mark.parametrize("refused", [{"output_quality": 0}, {"output_format": "ico", "output_width": 512}])
def test_invalid_call_costs_nothing(ask, refused):
    assert ask(settings=refused).status_code == 422
    assert ask().json()["credits_remaining"] == 17


def test_a_job_that_fails_costs_nothing(client, working):
    job_id = working()
    assert used(job_id) == (3, 3)
    fail_and_refund(job_id)
    assert used(job_id) == (0, 0)
    assert client.get(f"/status/{job_id}").json()["job"]["credits_used"] == 0


def test_a_job_that_fails_twice_gives_back_once(working):
    first, second = working(), working()
    fail_and_refund(first)
    fail_and_refund(first)
    assert (used(first), used(second)) == ((0, 3), (3, 3))


def test_a_completed_job_gives_nothing_back(submit, run_stages):
    job_id = submit(pictures.png())["id"]
    run_stages(job_id)
    fail_and_refund(job_id)
    assert used(job_id) == (3, 3)


def test_a_failed_job_that_is_finished_after_all_stays_free(working):
    job_id = working()
    fail_and_refund(job_id)
    assert repository.mark_completed(job_id, clock.now(), ENDING) is None
    assert repository.mark_completed(job_id, clock.now(), ENDING, refund=1) is None
    assert used(job_id) == (0, 0)


def test_a_job_that_is_completed_without_all_its_steps_gives_back_what_these_cost(working):
    job_id = working()
    job = repository.mark_completed(job_id, clock.now(), ENDING, refund=1)
    assert (job.status, job.result, job.credits_used) == (JobStatus.COMPLETED, RESULT, 2)
    assert service.find(job_id).executed == (Step.COMPRESS,)
    assert used(job_id) == (2, 2)


def test_a_job_never_gives_back_more_than_it_cost(working):
    job_id = working()
    repository.mark_completed(job_id, clock.now(), ENDING, refund=9)
    assert used(job_id) == (0, 0)


@pytest.mark.parametrize(
    "error", [Unavailable("down"), ClientError({"Error": {"Code": "ExecutionLimitExceeded"}}, "StartExecution")]
)
def test_a_job_that_can_not_be_started_now_stays_queued_and_is_paid_for(ask, monkeypatch, error):
    """Reconciliation starts it."""
    started: list[str] = []

    def refuse_the_second(job):
        started.append(job.id)
        if len(started) == 2:
            raise error

    monkeypatch.setattr(repository, "start_execution", refuse_the_second)
    answer = ask(files=3)
    assert (answer.status_code, len(started)) == (200, 3)
    assert [job["status"] for job in answer.json()["jobs"]] == ["queued"] * 3
    assert (answer.json()["credits_used"], answer.json()["credits_remaining"]) == (9, 11)


def test_refund_after_midnight_goes_to_the_day_that_paid(working, ask, at):
    at(MIDNIGHT - TICK)
    job_id = working()
    at(MIDNIGHT)
    fail_and_refund(job_id)
    assert used(job_id) == (0, 0)
    assert ask().json()["credits_remaining"] == 17


def test_refund_after_its_day_was_removed_gives_nothing_to_the_new_day(working, at):
    at(NOON)
    job_id = working()
    owner = service.find(job_id).owner
    at(NOON + timedelta(days=1))
    assert refresh(clock.now()) == 1
    fail_and_refund(job_id)
    found = repository.find_all([job_id])[0]
    assert (found.status, found.credits_used) == (JobStatus.FAILED, 0)
    assert list(table.scan("CREDITS")) == []
    guest = Principal(owner, Tier.UNREGISTERED, Credential.SESSION)
    assert balance(guest).remaining == 20


@pytest.mark.parametrize("tier", [Tier.FREE, Tier.STARTER, Tier.MAX])
def test_refund_after_a_change_of_plan_goes_to_the_period_that_paid(aws, at, tier):
    """A paid one that is renewed meanwhile among them."""
    at(NOON)
    paid = Principal("user-2", Tier.PRO, Credential.JWT, None, NOON - timedelta(days=29), MIDNIGHT)
    content = pictures.png()
    upload = files.store(BytesIO(content), "a.png", files.inspect(BytesIO(content), len(content)), paid.id)
    (job,) = submission.submit(paid, [upload.id], ProcessingSettings(), "auto").jobs
    at(MIDNIGHT)
    later = replace(paid, tier=tier, period_start=MIDNIGHT, period_end=MIDNIGHT + timedelta(days=30))
    repository.mark_failed(job.id, clock.now(), "Failed.")
    assert used(job.id) == (0, 0)
    assert balance(later).used == 0


def test_a_job_from_before_there_were_credits_can_fail(working):
    job_id = working()
    table.put({**(table.get(table.key("JOB", job_id)) or {}), "credit_period": "", "credits": 0})
    fail_and_refund(job_id)
    assert service.find(job_id).status is JobStatus.FAILED


def test_a_stage_that_is_repeated_costs_nothing_more(working):
    job_id = working()
    state = plan.handler({"job_id": job_id}, None)
    optimize.handler(state, None)
    optimize.handler(state, None)
    assert used(job_id) == (3, 3)


def test_empty_fields_of_a_job_are_not_stored(submit, run_stages):
    """DynamoDB charges by the kilobyte, and twice in a transaction."""
    job_id = submit(pictures.png())["id"]
    run_stages(job_id)
    item = table.get(table.key("JOB", job_id))
    assert None not in [*item.values(), *item["options"].values()]
