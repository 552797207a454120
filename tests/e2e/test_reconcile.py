"""Every accepted job ends despite crashes, and expired data are deleted once, by the deployed functions."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest

from imgopt import clock
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.credits.service import balance
from imgopt.errors import NotFound
from imgopt.files import repository as files
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import acceptance, repository, submission
from imgopt.jobs.model import Job
from imgopt.retention.cleanup import clean_up
from imgopt.retention.deletion import delete_job
from imgopt.settings import settings
from imgopt.storage import clients, executions, objects
from imgopt.telemetry import reference_of
from imgopt.workflow import reconciliation
from imgopt.workflow.reasons import STOPPED_REASON
from local.cloud import Cloud
from tests import pictures
from tests.e2e.auditing import ENDING, at_once
from tests.e2e.conftest import as_a_part_of, connect, wait_for_end, wait_until

CACHED = (settings, clients.dynamodb, clients.s3, clients.stepfunctions, clients.sqs)


@pytest.fixture(autouse=True)
def in_the_cloud(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets this process work on the cloud's table, buckets and executions."""
    as_a_part_of(cloud, monkeypatch)
    for cached in CACHED:
        cached.cache_clear()
    yield
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def client(cloud: Cloud) -> Iterator[httpx2.Client]:
    with connect(cloud.url) as client:
        yield client


@pytest.fixture
def fire(cloud: Cloud) -> Callable[[str], None]:
    """Makes the scheduler run a schedule now."""
    scheduler = cloud.session.client("scheduler")

    def at_this_moment(name: str) -> None:
        names = [each["Name"] for each in scheduler.list_schedules()["Schedules"]]
        (known,) = (each for each in names if f"-{name}Schedule" in each)
        scheduler.create_schedule(
            Name=f"{name}-{uuid4()}",
            ScheduleExpression=f"at({clock.now() - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S})",
            ActionAfterCompletion="DELETE",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=scheduler.get_schedule(Name=known)["Target"],
        )

    return at_this_moment


@pytest.fixture
def guest(client) -> tuple[Principal, str]:
    """Somebody, and what they have uploaded."""
    uploaded = client.post("/upload", files={"file": ("hero.png", pictures.png())}).raise_for_status().json()
    owner = files.find_all([uploaded["temp_file_id"]])[uploaded["temp_file_id"]].owner
    return Principal(owner, Tier.UNREGISTERED, Credential.SESSION), uploaded["temp_file_id"]


@pytest.fixture
def accept(guest, monkeypatch) -> Callable[..., Job]:
    """A job that was accepted some minutes ago, by someone who died before its execution was started."""
    principal, upload_id = guest

    def crash(minutes: float) -> Job:
        then = clock.now() - timedelta(minutes=minutes)
        with monkeypatch.context() as crashed:
            crashed.setattr(repository, "start_execution", lambda job: None)
            crashed.setattr(clock, "now", lambda: then)
            return submission.submit(principal, [upload_id], ProcessingSettings(), "auto").jobs[0]

    return crash


@pytest.fixture(params=["express", "standard"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The state machine that works on jobs that this process accepts."""
    monkeypatch.setattr(acceptance, "fits_express", lambda *_: request.param == "express")
    return str(request.param)


def used(guest: tuple[Principal, str]) -> int:
    return balance(guest[0]).used


def test_job_that_is_started_many_times_is_done_once(machine, accept, client, guest):
    """One execution has the job, and the others end without a message."""
    job = accept(minutes=0)
    at_once(*[lambda: repository.start_execution(job)] * 5)
    ended = wait_for_end(client, job.id)
    found = wait_until(lambda: all_ended(machine, job))
    assert (ended["status"], used(guest), found.count("SUCCEEDED")) == ("completed", 3, len(found))
    assert len(found) == (5 if machine == "express" else 1)
    assert client.get(f"/status/{job.id}").json()["job"] == ended


def all_ended(machine: str, job: Job) -> list[str] | None:
    """Returns how all executions of a job have ended. For express executions, only the emulator shows this."""
    config = settings()
    arn = config.express_machine_arn if machine == "express" else config.state_machine_arn
    listed = clients.stepfunctions().list_executions(stateMachineArn=arn)["executions"]
    found = [each["status"] for each in listed if each["name"].startswith((job.id, reference_of(job.id)))]
    return None if "RUNNING" in found else found


def test_a_job_whose_execution_was_never_started_is_completed(machine, accept, client, fire, guest):
    job = accept(minutes=1.5)
    fire("Reconcile")
    assert wait_for_end(client, job.id)["status"] == "completed"
    assert used(guest) == 3


@pytest.mark.parametrize("machine", ["standard"], indirect=True)
def test_a_job_whose_execution_was_stopped_unheard_fails_and_costs_nothing(machine, cloud, accept, fire, guest):
    """The rule that hears of it is out of order."""
    events = cloud.session.client("events")
    (rule,) = (each["Name"] for each in events.list_rules()["Rules"] if "StoppedExecutions" in each["Name"])
    events.disable_rule(Name=rule)
    try:
        job = accept(minutes=1.5)
        repository.start_execution(job)
        executions.stop(job.id)
        assert executions.find(job.id).status == "ABORTED"
        fire("Reconcile")
        wait_until(lambda: repository.find_all([job.id])[0].status == "failed")
        ended = repository.find_all([job.id])[0]
    finally:
        events.enable_rule(Name=rule)
    assert (ended.status, ended.error_message, used(guest)) == ("failed", STOPPED_REASON, 0)


def test_a_job_whose_execution_takes_too_long_is_stopped_and_costs_nothing(accept, guest, monkeypatch):
    job = accept(minutes=0)
    later = clock.now() + timedelta(minutes=42)
    running = {executions.execution_name(job.id, 1): clock.now()}
    monkeypatch.setattr(executions, "find_running", lambda: running)
    monkeypatch.setattr(clock, "now", lambda: later)
    report = reconciliation.reconcile(60)
    assert (job.id in report.failed, used(guest)) == (True, 0)


def test_concurrent_runs_start_a_job_once(accept, client, guest):
    job = accept(minutes=1.5)
    reports = at_once(*[lambda: reconciliation.reconcile(60)] * 20)
    assert not [report.errors for report in reports if report.errors]
    assert wait_for_end(client, job.id)["status"] == "completed"
    assert used(guest) == 3


def test_jobs_may_be_deleted_while_they_are_reconciled(accept, guest):
    """Either may come first: nothing of it is left, and it has cost nothing."""
    jobs = [accept(minutes=1.5) for _ in range(5)]
    deletions = [lambda job=job: delete_job(guest[0], job.id) for job in jobs]
    at_once(*deletions, *[lambda: reconciliation.reconcile(60)] * 5)
    assert (repository.find_all([job.id for job in jobs]), used(guest)) == ([], 0)


def test_a_job_that_is_deleted_as_it_ends_has_cost_what_it_was_completed_for(accept, guest):
    """However many delete it, and whoever comes first."""
    jobs = [accept(minutes=0) for _ in range(6)]
    completions = [lambda job=job: repository.mark_completed(job.id, clock.now(), ENDING) for job in jobs]
    deletions = [lambda job=job: try_to_delete(guest[0], job) for job in jobs]
    ended = at_once(*deletions[:3], *completions, *deletions[3:], *deletions)[3:9]
    assert (repository.find_all([job.id for job in jobs]), used(guest)) == ([], 3 * sum(map(bool, ended)))


def try_to_delete(owner: Principal, job: Job) -> None:
    with suppress(NotFound):
        delete_job(owner, job.id)


def test_expired_results_are_removed_by_concurrent_runs(accept, client, monkeypatch):
    job = accept(minutes=1.5)
    repository.start_execution(job)
    key = wait_for_end(client, job.id)["processed_file_path"]
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    reports = at_once(*[lambda: clean_up(60)] * 4)
    assert not [report.errors for report in reports if report.errors]
    assert sum(report.deleted_jobs for report in reports) >= 1
    assert clean_up(60).deleted_files == 0
    with pytest.raises(NotFound):
        objects.stat(settings().results_bucket, key)


def test_results_that_have_not_expired_stay(accept, client, cloud):
    job = accept(minutes=1.5)
    repository.start_execution(job)
    wait_for_end(client, job.id)
    functions = cloud.session.client("lambda")
    names = [each["FunctionName"] for each in functions.list_functions()["Functions"]]
    (cleanup,) = (name for name in names if "Cleanup" in name)
    assert json.load(functions.invoke(FunctionName=cleanup)["Payload"])["errors"] == []
    assert client.get(f"/download/{job.id}").status_code == 200


def test_a_day_that_is_over_is_tidied_up(client, fire, guest, monkeypatch):
    principal, upload_id = guest
    then = clock.now() - timedelta(days=3)
    with monkeypatch.context() as earlier:
        earlier.setattr(clock, "now", lambda: then)
        submission.submit(principal, [upload_id], ProcessingSettings(), "auto")
        assert used(guest) == 3
        fire("RefreshCredits")
        wait_until(lambda: used(guest) == 0)
