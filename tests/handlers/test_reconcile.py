"""Reconciliation: every accepted job ends, even if processes die, and lost executions are repeated.

On the standard machine; of the express one: test_express.py.
"""

from datetime import timedelta

import pytest

from functions.schedules import cleanup, reconcile
from functions.stages import fail, finish, optimize, plan
from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.jobs import acceptance, dispatch, slots, waiting
from imgopt.jobs import repository as jobs
from imgopt.storage import due_index, executions
from imgopt.storage.executions import Execution
from imgopt.telemetry import reference_of
from imgopt.workflow import reasons, reconciliation, stages
from tests import pictures
from tests.handlers.conftest import Lambda
from tests.handlers.test_processing import executions as started

NOTHING = {"restarted": [], "failed": [], "errors": []}
RESTARTED = Execution("FAILED", "States.ServiceRestart", "Execution was running when service restarted")


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """The standard one, which can be asked."""
    monkeypatch.setattr(acceptance, "fits_express", lambda *_: False)


@pytest.fixture
def lost(submit, monkeypatch):
    """A job whose execution was never started."""
    with monkeypatch.context() as crashed:
        crashed.setattr(executions, "start", lambda *_, **__: None)
        return submit(pictures.png())["id"]


@pytest.fixture
def job(client):
    return lambda job_id: client.get(f"/status/{job_id}").json()["job"]


@pytest.fixture
def all_dead(monkeypatch):
    """No execution is under way; what became of each."""

    def end(execution: Execution | None) -> None:
        monkeypatch.setattr(executions, "find_running", dict)
        monkeypatch.setattr(executions, "find", lambda *_: execution)

    return end


def reconciled() -> dict:
    return reconcile.handler({}, Lambda())


def begun(job_id: str) -> dict:
    """The state after its first stage."""
    return plan.handler({"job_id": job_id, "owner": record(job_id).owner}, None)


def record(job_id: str) -> jobs.Job:
    return jobs.find_all([job_id])[0]


def test_an_execution_that_was_never_started_is_started(lost):
    assert started() == []
    assert reconciled() == {**NOTHING, "restarted": [lost]}
    assert started() == [lost]


def test_undispatched_job_is_dispatched(submit, monkeypatch, clock_at):
    with monkeypatch.context() as crashed:
        crashed.setattr(dispatch, "dispatch_new", lambda jobs: 1 / 0)
        job_id = submit(pictures.png())["id"]
    reconciled()
    assert started() == []  # whoever accepted it may be about to do so
    clock_at(seconds=30)
    reconciled()
    assert started() == [job_id]


def test_running_job_is_left_alone(submit, job):
    job_id = submit(pictures.png())["id"]
    assert reconciled() == NOTHING
    assert job(job_id)["status"] == "queued"


def test_an_execution_that_is_not_listed_yet_is_under_way(submit, monkeypatch):
    job_id = submit(pictures.png())["id"]
    begun(job_id)
    monkeypatch.setattr(executions, "find_running", dict)
    assert reconciled() == NOTHING
    assert record(job_id).attempt == 1


@pytest.mark.parametrize(
    "died", [RESTARTED, None, Execution("FAILED", "Runtime.ExitError"), Execution("SUCCEEDED")], ids=str
)
def test_a_job_whose_execution_died_is_done_again(submit, all_dead, job, died):
    job_id = submit(pictures.png())["id"]
    begun(job_id)
    all_dead(died)
    assert reconciled() == {**NOTHING, "restarted": [job_id]}
    assert sorted(started()) == [job_id, f"{job_id}-2"]
    assert (job(job_id)["status"], job(job_id)["credits_used"]) == ("processing", 3)


def test_dead_job_is_restarted_after_hours_without_the_service(submit, all_dead, clock_at, job):
    job_id = submit(pictures.png())["id"]
    begun(job_id)
    all_dead(RESTARTED)
    clock_at(hours=5)
    assert job(job_id)["status"] == "processing"
    assert reconciled()["restarted"] == [job_id]


def test_dead_job_is_restarted_twice_and_then_failed_with_the_reason(submit, all_dead, job):
    job_id = submit(pictures.png(), callback_url="https://shop.example/hook")["id"]
    all_dead(RESTARTED)
    for _ in range(2):
        assert reconciled()["restarted"] == [job_id]
    assert sorted(started()) == [job_id, f"{job_id}-2", f"{job_id}-3"]
    assert reconciled()["failed"] == [job_id]
    assert (job(job_id)["status"], job(job_id)["credits_used"]) == ("failed", 0)
    assert job(job_id)["error_message"] == reconciliation.INTERRUPTED
    assert "three times" in reconciliation.INTERRUPTED


@pytest.mark.parametrize(
    ("ended", "message"),
    [
        (Execution("ABORTED"), reasons.STOPPED_REASON),
        (Execution("TIMED_OUT"), "Processing took too long and was stopped."),
        (
            Execution("FAILED", "InvalidImage", '{"errorMessage": "The PNG file is damaged."}'),
            "The PNG file is damaged.",
        ),
        (Execution("FAILED", "InvalidImage", ""), reasons.UNEXPLAINED),
        (Execution("FAILED", "States.Runtime", "insides"), reasons.UNEXPLAINED),
    ],
)
def test_job_that_ended_for_a_reason_is_not_restarted(submit, all_dead, job, ended, message):
    job_id = submit(pictures.png())["id"]
    all_dead(ended)
    assert reconciled() == {**NOTHING, "failed": [job_id]}
    assert (job(job_id)["error_message"], job(job_id)["credits_used"]) == (message, 0)


def test_a_job_that_ended_meanwhile_is_not_touched(submit, run_stages, all_dead, monkeypatch, job):
    job_id = submit(pictures.png())["id"]
    before = record(job_id)
    run_stages(job_id)
    all_dead(Execution("SUCCEEDED"))
    monkeypatch.setattr(reconciliation, "find_unfinished", lambda: [before])
    assert reconciled() == NOTHING
    assert job(job_id)["status"] == "completed"


def test_an_attempt_goes_on_behind_the_last_stage_that_was_finished(submit, all_dead, monkeypatch, job):
    job_id = submit(pictures.jpeg(), output_format="webp")["id"]
    first = optimize.handler(begun(job_id), None)
    all_dead(RESTARTED)
    reconciled()
    state = plan.handler({"job_id": job_id, "owner": record(job_id).owner, "attempt": 2}, None)
    monkeypatch.setattr(stages, "_make", lambda _: 1 / 0)
    state["made"] = {"pixels": optimize.handler(state, None), "said": {}}
    assert state["made"]["pixels"] == first
    finish.handler(state, None)
    assert (job(job_id)["status"], job(job_id)["processed_format"]) == ("completed", "webp")


def test_an_attempt_that_is_no_longer_the_last_can_not_fail_its_job(submit, all_dead, job):
    job_id = submit(pictures.png())["id"]
    begun(job_id)
    all_dead(RESTARTED)
    reconciled()
    late = {"job_id": job_id, "error": {"Error": "ABORTED", "Cause": ""}}
    fail.handler(late, None)
    fail.handler({**late, "attempt": 1}, None)
    assert job(job_id)["status"] == "processing"
    assert slots.read(record(job_id).owner) == {job_id}
    fail.handler({**late, "job_id": f"{job_id}-2"}, None)  # as of an execution that was stopped, by its name
    assert job(job_id)["status"] == "failed"


def test_an_attempt_that_was_given_up_too_soon_may_still_complete_its_job(submit, all_dead, job):
    job_id = submit(pictures.png())["id"]
    state = begun(job_id)
    all_dead(RESTARTED)
    reconciled()
    finish.handler({**state, "made": {"pixels": optimize.handler(state, None), "said": {}}}, None)
    assert job(job_id)["status"] == "completed"
    assert plan.handler({"job_id": job_id, "attempt": 2}, None) == {"taken": True}


def test_an_execution_that_takes_too_long_is_stopped_and_its_job_fails(submit, clock_at, job):
    job_id = submit(pictures.png())["id"]
    clock_at(minutes=42)
    assert reconciled()["failed"] == [job_id]
    assert job(job_id)["error_message"] == "Processing took too long and was stopped."
    assert executions.find(job_id).status == "ABORTED"


def test_a_job_whose_turn_never_came_fails_when_it_has_expired_and_costs_nothing(submit, monkeypatch, clock_at):
    with monkeypatch.context() as crashed:
        crashed.setattr(dispatch, "dispatch_new", lambda jobs: 1 / 0)
        job_id = submit(pictures.png())["id"]
    clock_at(days=1, minutes=1)
    assert reconciled()["failed"] == [job_id]
    assert (record(job_id).error_message, record(job_id).credits_used) == (reconciliation.EXPIRED_IN_QUEUE, 0)


def test_the_upload_of_a_job_that_still_waits_stays(submit, monkeypatch, clock_at, stored):
    job_id = submit(pictures.png())["id"]
    clock_at(days=2)
    cleanup.handler({}, Lambda())
    assert len(stored()["uploads"]) == 1
    jobs.mark_failed(job_id, clock.now(), "It failed.")
    cleanup.handler({}, Lambda())
    assert stored()["uploads"] == []


def test_callback_of_a_failed_job_is_announced(submit, monkeypatch, clock_at):
    told = []
    monkeypatch.setattr("imgopt.callbacks.queue.enqueue_callback", told.append)
    job_id = submit(pictures.png(), callback_url="https://shop.example/hook")["id"]
    clock_at(minutes=42)
    reconciled()
    assert told == [job_id]


def test_slots_of_jobs_that_have_ended_or_are_gone_are_freed(submit, monkeypatch):
    job_id = submit(pictures.png())["id"]
    owner = record(job_id).owner
    slots.take_slots(owner, ["3f1f2c9e-0000-4000-8000-000000000000"])
    assert len(slots.read(owner)) == 2
    reconciled()
    assert slots.read(owner) == {job_id}


def test_concurrent_runs_restart_a_job_once(submit, all_dead):
    job_id = submit(pictures.png())["id"]
    all_dead(RESTARTED)
    before = record(job_id)
    assert jobs.begin_next_attempt(before, clock.now()).attempt == 2
    assert jobs.begin_next_attempt(before, clock.now()) is None
    assert record(job_id).attempt == 2


def test_an_ended_job_is_off_the_list(submit, run_stages):
    job_id = submit(pictures.png())["id"]
    assert [job.id for job in reconciliation.find_unfinished()] == [job_id]
    run_stages(job_id)
    assert list(reconciliation.find_unfinished()) == []


def test_a_failed_job_is_off_the_list(submit):
    jobs.mark_failed(submit(pictures.png())["id"], clock.now(), "It failed.")
    assert list(due_index.find_due_pages(due_index.Part.UNFINISHED)) == []


def test_job_that_can_not_be_reconciled_does_not_keep_the_others(submit, monkeypatch):
    ids = {submit(pictures.png())["id"] for _ in range(3)}
    broken = min(ids)

    def find(job_id: str, attempt: int) -> Execution:
        if job_id == broken:
            raise Unavailable("Storage is busy.")
        return Execution("ABORTED")

    monkeypatch.setattr(executions, "find_running", dict)
    monkeypatch.setattr(executions, "find", find)
    report = reconciled()
    assert (report["errors"], set(report["failed"])) == ([broken], ids - {broken})


def test_step_functions_is_asked_once_for_all_that_is_well(submit, monkeypatch):
    for _ in range(3):
        submit(pictures.png())
    monkeypatch.setattr(executions, "find", lambda *_: 1 / 0)
    assert reconciled() == NOTHING


def test_jobs_that_wait_are_put_on_the_list_once(submit, monkeypatch, clock_at):
    with monkeypatch.context() as crashed:
        crashed.setattr(dispatch, "dispatch_new", lambda jobs: 1 / 0)
        job_id = submit(pictures.png())["id"]
    clock_at(seconds=30)
    monkeypatch.setattr(dispatch, "dispatch", lambda owner: None)
    for _ in range(2):
        reconciled()
    assert [waiting.job_id_of(entry) for entry in waiting.read_waiting(record(job_id).owner)] == [job_id]


def test_log_lines_carry_the_job_and_no_file_name(lost, log_lines):
    reconciled()
    line = next(each for each in log_lines() if each["message"] == "execution had not been started")
    assert line["job_id"] == reference_of(lost)
    assert "hero" not in str(log_lines())


def test_names_of_executions_tell_job_and_attempt():
    job_id = "3f1f2c9e-0000-4000-8000-000000000000"
    for attempt in (1, 2, 3):
        assert executions.parse_name(executions.execution_name(job_id, attempt)) == (job_id, attempt)
    assert timedelta(0) < reconciliation.GRACE < timedelta(minutes=1)
