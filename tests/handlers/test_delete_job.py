"""Deleting one's own job: at once, and completely."""

from uuid import uuid4

import pytest

from functions.schedules import cleanup
from functions.stages import plan
from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.jobs import repository as jobs
from imgopt.jobs import results
from imgopt.storage import clients, executions, transactions
from imgopt.storage.objects import NewObject
from tests import pictures
from tests.conftest import RESULTS, TABLE
from tests.handlers.conftest import Lambda


@pytest.fixture
def guest(client, upload):
    """Uploads once; makes jobs of that, and deletes them."""
    return Guest(client, upload(pictures.png()))


class Guest:
    def __init__(self, client, uploaded: dict) -> None:
        self.client, self.uploaded = client, uploaded
        self.headers = {"X-Session-Token": uploaded["session_token"]}

    def submit(self) -> str:
        body = {"temp_file_ids": [self.uploaded["temp_file_id"]]}
        return self.client.post("/auto", json=body, headers=self.headers).raise_for_status().json()["jobs"][0]["id"]

    def delete(self, job_id: str):
        return self.client.delete(f"/jobs/{job_id}", headers=self.headers)

    def credits_left(self) -> int:
        return self.client.get("/usage/summary", headers=self.headers).json()["credits_remaining"]


def records(kind: str) -> list[dict]:
    items = clients.dynamodb().scan(TableName=TABLE)["Items"]
    return [item for item in items if item["sk"]["S"] == kind]


def store_intermediate(job_id: str) -> None:
    clients.s3().put_object(Bucket=RESULTS, Key=f"intermediate/{job_id}/pixels.png", Body=b"pixels")


def test_deletion_removes_the_job_its_files_and_its_records(client, guest, run_stages, stored):
    job_id = guest.submit()
    run_stages(job_id)
    store_intermediate(job_id)
    answer = guest.delete(job_id)
    assert (answer.status_code, answer.json()) == (200, {"success": True, "job_id": job_id})
    assert (stored()["uploads"], stored()["results"]) == ([], [])
    assert not {"JOB", "FILE"} & set(stored()["items"])
    for path in (f"/status/{job_id}", f"/download/{job_id}"):
        assert client.get(path).status_code == 404


def test_deletion_of_a_deleted_job_is_not_found(guest):
    job_id = guest.submit()
    assert [guest.delete(job_id).status_code for _ in range(2)] == [200, 404]


def is_over(machine: str, job_id: str) -> bool:
    """An express execution can't be stopped, and finds nothing to do."""
    if machine == "express":
        return plan.handler({"job_id": job_id, "execution": "late"}, None) == {"taken": True}
    return executions.find(job_id).status == "ABORTED"


def test_queued_job_is_stopped_and_refunded(machine, guest):
    job_id = guest.submit()
    assert guest.credits_left() == 17
    guest.delete(job_id)
    assert guest.credits_left() == 20
    assert is_over(machine, job_id)


def test_running_job_is_stopped_and_not_refunded(machine, guest):
    job_id = guest.submit()
    plan.handler({"job_id": job_id}, None)
    guest.delete(job_id)
    assert guest.credits_left() == 17
    assert is_over(machine, job_id)


def test_job_that_begins_during_its_deletion_is_not_refunded(guest, monkeypatch):
    job_id, write_all = guest.submit(), transactions.write_all

    def begin_before(writes) -> None:
        monkeypatch.setattr(transactions, "write_all", write_all)
        plan.handler({"job_id": job_id}, None)
        write_all(writes)

    monkeypatch.setattr(transactions, "write_all", begin_before)
    jobs.mark_canceled(job_id, clock.now(), "Deleted by its owner.")
    assert (jobs.find_all([job_id])[0].status, guest.credits_left()) == ("failed", 17)


def test_a_completed_one_has_been_paid_for(guest, run_stages):
    job_id = guest.submit()
    run_stages(job_id)
    guest.delete(job_id)
    assert guest.credits_left() == 17


def test_an_upload_stays_as_long_as_another_job_is_made_of_it(guest, run_stages, stored):
    first, second = guest.submit(), guest.submit()
    guest.delete(first)
    run_stages(second)
    assert len(stored()["uploads"]) == 1
    guest.delete(second)
    assert stored()["uploads"] == []


def test_deleting_it_twice_at_once_does_not_count_as_two_jobs(guest, monkeypatch, stored):
    first, _ = guest.submit(), guest.submit()
    known = jobs.find_all([first])
    guest.delete(first)
    with monkeypatch.context() as late:
        late.setattr(jobs, "find_all", lambda ids: known)
        guest.delete(first)
    assert len(stored()["uploads"]) == 1


@pytest.mark.parametrize("headers", [{}, {"X-Session-Token": "invented"}])
def test_deletion_by_others_is_not_found(client, guest, headers):
    answer = client.delete(f"/jobs/{guest.submit()}", headers=headers)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Job not found."})


def test_jobs_of_another_guest_and_unknown_jobs_are_answered_alike(client, guest, upload):
    other = {"X-Session-Token": upload(pictures.png())["session_token"]}
    answers = [client.delete(f"/jobs/{job_id}", headers=other) for job_id in (guest.submit(), uuid4())]
    assert answers[0].json() == answers[1].json()
    assert [each.status_code for each in answers] == [404, 404]


def test_interrupted_deletion_can_be_repeated(machine, guest, monkeypatch, stored):
    def fail(*_: object) -> None:
        raise Unavailable("Storage is busy.")

    job_id = guest.submit()
    for name in ("stop", "jobs.mark_canceled", "forget", "remove_files"):
        with monkeypatch.context() as broken:
            broken.setattr(f"imgopt.retention.deletion.{name}", fail)
            assert guest.delete(job_id).status_code == 503
    assert guest.delete(job_id).status_code == 200
    assert (stored()["uploads"], guest.credits_left()) == ([], 20)
    assert is_over(machine, job_id)


def test_files_stored_after_the_deletion_are_removed_too(guest, stored, clock_at):
    job_id = guest.submit()
    guest.delete(job_id)
    results.store_result(results.result_key(job_id, "png"), NewObject(b"late", "image/png"))
    store_intermediate(job_id)
    assert len(records("REMAINS")) == 1
    clock_at(minutes=42)
    assert cleanup.handler({}, Lambda())["deleted_files"] == 2
    assert (stored()["results"], records("REMAINS")) == ([], [])


def test_an_upload_that_has_gone_before_is_no_obstacle(guest, clock_at, stored):
    job_id = guest.submit()
    (item,) = records("FILE")
    clients.dynamodb().delete_item(TableName=TABLE, Key={"pk": item["pk"], "sk": item["sk"]})
    assert guest.delete(job_id).status_code == 200
    assert "JOB" not in stored()["items"]


def test_a_job_is_not_made_of_an_upload_that_was_deleted_meanwhile(client, guest, monkeypatch):
    """The job is not charged for, either."""
    draw = "imgopt.jobs.queue_position.draw_tickets"
    first = guest.submit()

    def delete_first(count: int) -> range:
        guest.delete(first)
        return range(count)

    monkeypatch.setattr(draw, delete_first)
    body = {"temp_file_ids": [guest.uploaded["temp_file_id"]]}
    assert client.post("/auto", json=body, headers=guest.headers).status_code == 404
    assert guest.credits_left() == 20
