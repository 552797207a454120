"""Attacks on slots, on the embedded cloud's DynamoDB: no slot is taken twice, and none is lost permanently.

Executions are noted by their names and do not run.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from random import Random
from threading import Lock

import pytest

from imgopt import clock
from imgopt.accounts.model import Principal
from imgopt.errors import ImgoptError, Unavailable
from imgopt.jobs import acceptance, dispatch, express, repository, slots, waiting
from imgopt.jobs.model import UNFINISHED, Job
from imgopt.settings import settings
from imgopt.storage import clients, executions
from imgopt.storage.executions import Execution
from imgopt.workflow import reconciliation
from imgopt.workflow.reconciliation import ReconciliationReport
from tests.e2e.auditing import ENDING, add_upload, at_once, audit, jobs_of, new_guest, submit

pytestmark = pytest.mark.usefixtures("own_table")
LIMIT = 2
# Of each owner.
CALLS = 10


class Machine:
    """The names of executions in the order in which they were started.

    None twice: StartExecution sees to that, and of express executions the job, which one of them has.
    """

    def __init__(self) -> None:
        self.started: list[str] = []
        self.most: dict[str, int] = {}
        self._lock = Lock()

    def start(self, job: Job) -> None:
        name = executions.execution_name(job.id, job.attempt)
        with self._lock:
            if name not in self.started:
                self.started.append(name)
        self.most[job.owner] = max(self.most.get(job.owner, 0), len(slots.read(job.owner)))

    def running(self) -> dict:
        return dict.fromkeys(self.started, clock.now())


@pytest.fixture(autouse=True, params=["express", "standard"])
def machine(request: pytest.FixtureRequest, own_table: None, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Either machine. Reconciliation has no patience with jobs that nothing is at work on."""
    monkeypatch.setattr(acceptance, "fits_express", lambda *_: request.param == "express")
    monkeypatch.setattr(express, "DISPATCH_TIMEOUT", timedelta(0))
    monkeypatch.setenv("IMGOPT_JOBS_PER_OWNER", str(LIMIT))
    monkeypatch.setenv("IMGOPT_CREDITS_UNREGISTERED", "10000")
    settings.cache_clear()
    known = Machine()
    monkeypatch.setattr(repository, "start_execution", known.start)
    monkeypatch.setattr(reconciliation, "GRACE", timedelta(0))
    monkeypatch.setattr(
        executions,
        "find",
        lambda *each: Execution("RUNNING") if executions.execution_name(*each) in known.started else None,
    )
    return known


def unfinished(ids: Sequence[str]) -> list[Job]:
    return [job for job in repository.find_all(ids) if job.status in UNFINISHED]


def ids_of(owner: Principal) -> list[str]:
    return [job.id for job in jobs_of(owner)]


def reconcile(owner: Principal, ids: Sequence[str], machine: Machine) -> ReconciliationReport:
    """Does what the schedule does, for the jobs of one owner."""
    report = ReconciliationReport()
    reconciliation.reconcile_owner(owner.id, unfinished(ids), machine.running(), report)
    return report


def finish(job_id: str, owner: Principal) -> None:
    repository.mark_completed(job_id, clock.now(), ENDING)
    dispatch.free_slot(owner.id, job_id)


def run_to_the_end(owner: Principal, ids: Sequence[str], machine: Machine) -> None:
    """Ends what has been started until nothing is left."""
    while begun := [job.id for job in unfinished(ids) if job.id in machine.started]:
        at_once(*[lambda job_id=job_id: finish(job_id, owner) for job_id in begun])


@pytest.mark.parametrize("machine", ["express"], indirect=True)
def test_fifty_calls_of_several_owners_at_once(machine):
    """Without failures, both machines are the same to dispatch."""
    owners = [new_guest() for _ in range(5)]
    uploads = {owner.id: add_upload(owner) for owner in owners}
    at_once(*[lambda owner=owner: submit(owner, [uploads[owner.id]]) for owner in owners * CALLS])
    for owner in owners:
        assert len(slots.read(owner.id)) == LIMIT
        assert len(waiting.read_waiting(owner.id)) == CALLS - LIMIT
        run_to_the_end(owner, ids_of(owner), machine)
        assert (slots.read(owner.id), waiting.read_waiting(owner.id)) == (frozenset(), frozenset())
        audit(owner)
    assert len(machine.started) == CALLS * len(owners)
    assert max(machine.most.values()) <= LIMIT


def test_ends_calls_and_runs_of_reconciliation_all_at_once(machine):
    """Many of the jobs end twice."""
    owner, order = new_guest(), Random(7)
    upload = add_upload(owner)
    submit(owner, [upload] * 8)
    for _ in range(3):
        ids = ids_of(owner)
        begun = [job.id for job in unfinished(ids) if job.id in machine.started]
        ends = [lambda job_id=job_id: finish(job_id, owner) for job_id in begun * 2]
        work = [*ends, *[lambda: submit(owner, [upload])] * 3, *[lambda ids=ids: reconcile(owner, ids, machine)] * 2]
        order.shuffle(work)
        at_once(*work)
        assert len(slots.read(owner.id)) <= LIMIT
    ids = ids_of(owner)
    run_to_the_end(owner, ids, machine)
    reconcile(owner, ids, machine)
    assert (unfinished(ids), slots.read(owner.id)) == ([], frozenset())
    assert len(machine.started) == len(set(machine.started)) == len(ids)
    assert machine.most[owner.id] <= LIMIT


def test_concurrent_reconciliations_restart_a_dead_job_once(machine, monkeypatch):
    owner = new_guest()
    (job,) = submit(owner, [add_upload(owner)]).jobs
    repository.mark_processing(job.id, clock.now() - timedelta(hours=1), holder="a")
    monkeypatch.setattr(executions, "find", lambda *_: Execution("FAILED", reconciliation.RESTARTED))
    stale = repository.find_all([job.id])

    def look() -> None:
        reconciliation.reconcile_owner(owner.id, stale, {}, ReconciliationReport())

    at_once(*[look] * 8)
    attempts = repository.find_all([job.id])[0].attempt
    assert 2 <= attempts <= reconciliation.MOST_ATTEMPTS
    assert len(machine.started) == attempts


class Killed(BaseException):
    """The process is gone: nothing handles that."""


class Faults:
    """Lets the process be killed before one of its calls to DynamoDB: that is after the one before it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls, self.at = 0, -1
        self._lock = Lock()
        client = clients.dynamodb()
        call = client._make_api_call
        monkeypatch.setattr(client, "_make_api_call", lambda *request: self._pass(lambda: call(*request)))

    def strike(self, at: int) -> None:
        self.calls, self.at = 0, at

    def rest(self) -> int:
        self.at = -1
        return self.calls

    def _pass(self, call: Callable[[], object]) -> object:
        with self._lock:
            is_hit, self.calls = self.calls == self.at, self.calls + 1
        if is_hit:
            raise Killed
        return call()


@pytest.mark.parametrize("broken", ["submission", "end"])
def test_reconciliation_finishes_for_a_process_killed_between_two_steps(machine, monkeypatch, broken):
    """The process is killed at each call to storage. Afterwards every job has been started once, in its order, and
    ends.
    """
    faults = Faults(monkeypatch)

    def prepare() -> tuple[Principal, Callable[[], object]]:
        owner = new_guest()
        upload = add_upload(owner)
        if broken == "submission":
            return owner, lambda: submit(owner, [upload] * (LIMIT + 1))
        first = submit(owner, [upload] * (LIMIT + 1)).jobs[0]
        return owner, lambda: finish(first.id, owner)

    _, work = prepare()
    faults.strike(-1)
    work()
    for number in range(faults.rest()):
        owner, work = prepare()
        faults.strike(number)
        with suppress(Killed, ImgoptError):
            work()
        faults.rest()
        ids = ids_of(owner)
        reconcile(owner, ids, machine)
        assert len(slots.read(owner.id)) <= LIMIT
        for _ in range(2):
            run_to_the_end(owner, ids, machine)
            reconcile(owner, ids, machine)
        assert unfinished(ids) == [], number
        assert [machine.started.count(job_id) for job_id in ids] == [1] * len(ids)
        assert machine.most.get(owner.id, 0) <= LIMIT
        assert (slots.read(owner.id), waiting.read_waiting(owner.id)) == (frozenset(), frozenset())
        audit(owner)


def test_jobs_that_could_not_be_started_are_started_by_reconciliation(machine, monkeypatch):
    owner = new_guest()

    def refuse(job: Job) -> None:
        raise Unavailable("Storage is busy.")

    with monkeypatch.context() as down:
        down.setattr(repository, "start_execution", refuse)
        jobs = submit(owner, [add_upload(owner)] * (LIMIT + 1)).jobs
    assert machine.started == []
    assert sorted(reconcile(owner, [job.id for job in jobs], machine).restarted) == sorted(
        job.id for job in jobs[:LIMIT]
    )
    assert sorted(machine.started) == sorted(job.id for job in jobs[:LIMIT])
