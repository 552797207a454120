"""The express machine: executions can't be described, but every accepted job still ends."""

from datetime import timedelta

import pytest

from functions.schedules import reconcile
from functions.stages import fail, finish, optimize, plan
from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.jobs import acceptance, dispatch, slots
from imgopt.jobs import repository as jobs
from imgopt.jobs.express import DISPATCH_TIMEOUT
from imgopt.settings import settings
from imgopt.storage import executions
from imgopt.workflow import reasons, reconciliation
from tests import pictures
from tests.handlers.conftest import Lambda
from tests.handlers.test_processing import executions as started

NOTHING = {"restarted": [], "failed": [], "errors": []}


@pytest.fixture(autouse=True)
def nobody_to_ask(monkeypatch):
    monkeypatch.setattr(acceptance, "fits_express", lambda *_: True)
    monkeypatch.setattr(executions, "find", lambda *_: 1 / 0)
    monkeypatch.setattr(executions, "stop", lambda *_: 1 / 0)
    monkeypatch.setattr(executions, "find_running", dict)


@pytest.fixture
def job_id(submit) -> str:
    return submit(pictures.png())["id"]


@pytest.fixture
def job(client, job_id):
    return lambda: client.get(f"/status/{job_id}").json()["job"]


@pytest.fixture
def reconciled(clock_at):
    """Runs `reconcile` this many seconds after the test began, and returns its report."""

    def run(seconds: float) -> dict:
        clock_at(seconds=seconds)
        return reconcile.handler({}, Lambda())

    return run


def taken_up(job_id: str, attempt: int = 1, execution: str = "a") -> dict:
    """The state after its first stage."""
    known = {"job_id": job_id, "owner": record(job_id).owner, "attempt": attempt, "execution": execution}
    return plan.handler(known, None)


def fails(job_id: str, error: str, attempt: int = 1, execution: str = "") -> None:
    state = {"job_id": job_id, "owner": record(job_id).owner, "attempt": attempt, "execution": execution}
    fail.handler({**state, "error": {"Error": error, "Cause": ""}}, None)


def record(job_id: str) -> jobs.Job:
    return jobs.find_all([job_id])[0]


def finished(state: dict) -> None:
    finish.handler({**state, "made": {"pixels": optimize.handler(state, None), "said": {}}}, None)


def test_a_job_that_is_under_way_is_left_alone(job_id, reconciled):
    assert reconciled(59) == NOTHING
    taken_up(job_id)
    assert reconciled(300) == NOTHING
    assert record(job_id).attempt == 1


def test_a_job_that_no_execution_has_is_started_again_without_an_attempt(job_id, reconciled, job):
    for minutes in range(1, 6):
        assert reconciled(60 * minutes)["restarted"] == [job_id]
        assert reconciled(60 * minutes + 59) == NOTHING
    assert (started(), record(job_id).attempt, job()["status"]) == ([job_id] * 6, 1, "queued")


def test_a_job_whose_execution_is_over_is_done_again(job_id, reconciled, job):
    taken_up(job_id)
    assert reconciled(311)["restarted"] == [job_id]
    assert (record(job_id).attempt, job()["status"]) == (2, "processing")
    finished(taken_up(job_id, attempt=2, execution="b"))
    assert (job()["status"], job()["credits_used"]) == ("completed", 3)


def test_a_job_that_never_ends_is_begun_three_times_and_costs_nothing(job_id, reconciled, job):
    for attempt in (1, 2, 3):
        taken_up(job_id, attempt, execution=str(attempt))
        ended = reconciled(311 * attempt)
    assert (ended["failed"], job()["error_message"]) == ([job_id], reconciliation.INTERRUPTED)
    assert (job()["status"], job()["credits_used"], slots.read(record(job_id).owner)) == ("failed", 0, frozenset())


def test_executions_that_were_stopped_are_known_to_be_over(job_id, reconciled, monkeypatch):
    """The local cloud has been started again meanwhile."""
    taken_up(job_id)
    monkeypatch.setenv("IMGOPT_EXECUTIONS_STOPPED_AT", (clock.now() + timedelta(seconds=1)).isoformat())
    settings.cache_clear()
    assert reconciled(2)["restarted"] == [job_id]
    assert reconciled(3) == NOTHING


def test_a_start_that_was_refused_is_made_up_for_by_the_next_run(submit, monkeypatch, reconciled):
    with monkeypatch.context() as down:
        down.setattr(executions, "start", lambda *_, **__: 1 / 0)
        job_id = submit(pictures.png())["id"]
    assert record(job_id).dispatched_at is None
    assert reconciled(1) == {**NOTHING, "restarted": [job_id]}
    assert started() == [job_id]


def test_undispatched_job_is_dispatched(submit, monkeypatch, reconciled):
    with monkeypatch.context() as crashed:
        crashed.setattr(dispatch, "dispatch_new", lambda jobs: 1 / 0)
        job_id = submit(pictures.png())["id"]
    reconciled(1)
    assert started() == []  # whoever accepted it may be about to do so
    reconciled(30)
    assert started() == [job_id]
    assert reconciled(89) == NOTHING


def test_concurrent_runs_start_a_job_once(job_id):
    before, now = record(job_id), clock.now()
    assert jobs.renew_dispatch(before, now).dispatched_at == now
    assert jobs.renew_dispatch(before, now + timedelta(seconds=1)) is None
    assert jobs.begin_next_attempt(before, now) is None


def test_a_job_that_is_taken_up_while_it_is_reconciled_stays_with_its_execution(job_id):
    before = record(job_id)
    taken_up(job_id)
    assert (jobs.renew_dispatch(before, clock.now()), record(job_id).held_by != "") == (None, True)


def test_a_backlog_waits_without_an_attempt_and_without_an_end(job_id, reconciled, job):
    """However long functions are throttled."""
    for minutes in range(1, 9):
        taken_up(job_id, execution=str(minutes))
        fails(job_id, reasons.THROTTLED)
        assert reconciled(60 * minutes)["restarted"] == [job_id]
    assert (record(job_id).attempt, job()["status"], job()["credits_used"]) == (1, "processing", 3)
    assert slots.read(record(job_id).owner) == {job_id}


@pytest.mark.parametrize("error", [*sorted(reasons.RETRIED_ERRORS - {reasons.THROTTLED}), "States.Timeout"])
def test_a_fault_that_passes_is_put_off_twice(job_id, reconciled, job, error):
    """The machine has no time to wait for it: the job is begun again at once, then by the next run."""
    taken_up(job_id)
    fails(job_id, error)
    assert (started(), reconciled(1), job()["status"]) == ([job_id, f"{job_id}-2"], NOTHING, "processing")
    taken_up(job_id, attempt=2, execution="b")
    fails(job_id, error, attempt=2)
    assert (len(started()), reconciled(2)["restarted"], record(job_id).attempt) == (2, [job_id], 3)
    taken_up(job_id, attempt=3, execution="c")
    fails(job_id, error, attempt=3)
    assert (job()["status"], job()["credits_used"]) == ("failed", 0)


def test_a_fault_of_the_file_is_not_put_off(job_id, job):
    fails(job_id, "InvalidImage")
    assert (job()["status"], slots.read(record(job_id).owner)) == ("failed", frozenset())


def test_an_execution_of_an_attempt_before_can_not_put_off_or_fail(job_id, reconciled, job):
    taken_up(job_id)
    reconciled(311)
    for error in ("InvalidImage", "Unavailable", reasons.THROTTLED):
        fails(job_id, error, attempt=1)
    assert (record(job_id).attempt, job()["status"], record(job_id).dispatched_at is None) == (2, "processing", False)


def test_a_job_that_was_put_off_is_not_taken_from_who_has_it_next(job_id, reconciled):
    """The stage that puts it off may be repeated, too."""
    taken_up(job_id, execution="a")
    fails(job_id, reasons.THROTTLED, execution="a")
    reconciled(1)
    taken_up(job_id, execution="b")
    before = record(job_id)
    for error in (reasons.THROTTLED, "Unavailable", "States.Timeout"):
        fails(job_id, error, execution="a")
    assert (record(job_id), reconciled(60)) == (before, NOTHING)


def test_a_failed_note_of_a_failed_start_is_no_error_of_the_call(submit, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise Unavailable("Storage is busy.")

    monkeypatch.setattr(executions, "start", refuse)
    monkeypatch.setattr(jobs, "renew_dispatch", refuse)
    assert submit(pictures.png())["status"] == "queued"


def test_executions_have_names_of_their_own_without_the_id(submit):
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.stepfunctions import stepfunctions_backends

    job_id = submit(pictures.png())["id"]
    executions.start(job_id, "guest", express=True)
    machines = stepfunctions_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].state_machines
    names = [execution.name for machine in machines for execution in machine.executions]
    assert (len(set(names)), len(names)) == (2, 2)
    assert not any(job_id in name for name in names)


def test_a_repeated_call_does_not_start_what_was_started(client, upload, clock_at):
    uploaded = upload(pictures.png())
    headers = {"X-Session-Token": uploaded["session_token"], "Idempotency-Key": "once"}

    def ask() -> None:
        client.post("/auto", json={"temp_file_ids": [uploaded["temp_file_id"]]}, headers=headers).raise_for_status()

    for _ in range(3):
        ask()
    assert len(started()) == 1
    clock_at(seconds=DISPATCH_TIMEOUT.total_seconds() + 1)
    for _ in range(3):
        ask()
    assert len(started()) == 2
