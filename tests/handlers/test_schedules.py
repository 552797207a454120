"""The schedules: they delete expired data, and make sure that every job ends."""

from dataclasses import asdict
from datetime import timedelta
from io import BytesIO
from threading import Event

import pytest

from functions.schedules import cleanup, refresh_credits
from imgopt import clock, time_budget
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.errors import Unavailable
from imgopt.files import service as files
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import repository as jobs
from imgopt.jobs import results, submission
from imgopt.retention import cleanup as retention
from imgopt.retention import removal
from imgopt.storage import clients, due_index, table
from imgopt.storage.objects import NewObject
from imgopt.telemetry import reference_of
from tests import pictures
from tests.conftest import RESULTS, UPLOADS
from tests.handlers.conftest import Lambda

NOTHING = {"deleted_jobs": 0, "deleted_files": 0, "errors": []}


def clean_up(seconds: float = 60) -> dict:
    return cleanup.handler({}, Lambda(seconds))


@pytest.fixture
def completed(submit, run_stages):
    def make(**settings: object) -> str:
        job = submit(pictures.png(), "holiday with Ann.png", **settings)
        run_stages(job["id"])
        return job["id"]

    return make


def test_expired_job_and_its_files_are_removed(completed, stored, clock_at):
    completed()
    clock_at(days=1, minutes=42)
    assert clean_up() == {"deleted_jobs": 1, "deleted_files": 2, "errors": []}
    assert (stored()["uploads"], stored()["results"]) == ([], [])
    assert "FILE" not in stored()["items"]


def test_results_of_an_expired_job_are_removed_together(completed, stored, clock_at):
    completed(outputs=[{"output_width": 20}, {"output_width": 10}])
    clock_at(days=1, minutes=42)
    assert clean_up() == {"deleted_jobs": 1, "deleted_files": 3, "errors": []}
    assert stored()["results"] == []


def test_job_that_may_be_under_way_is_not_removed(completed, stored, clock_at):
    """A job that was made of an upload in its last second may still be under way."""
    completed()
    before = stored()
    clock_at(days=1, minutes=40)
    assert clean_up() == NOTHING
    assert stored() == before


def test_the_second_time_there_is_nothing_left_to_do(completed, clock_at):
    completed()
    clock_at(days=2)
    clean_up()
    assert clean_up() == NOTHING


def test_an_expired_job_is_still_known_as_such(client, completed, clock_at):
    job_id = completed()
    clock_at(days=2)
    clean_up()
    assert client.get(f"/status/{job_id}").json()["job"]["status"] == "expired"
    assert client.get(f"/download/{job_id}").status_code == 410


def test_expired_job_keeps_nothing_that_its_client_wrote(client, completed, clock_at):
    job_id = completed(callback_url="https://shop.example/hook", job_source="wordpress")
    clock_at(days=2)
    clean_up()
    shown = client.get(f"/status/{job_id}").json()["job"]
    assert (shown["original_filename"], shown["job_source"], shown["callback"]) == ("image.png", None, None)
    (item,) = (each for each in scan() if each["sk"]["S"] == "JOB")
    assert not [written for written in ("Ann", "shop.example", "wordpress") if written in str(item)]


def test_credits_of_an_expired_job_stay_known(client, completed, clock_at):
    job_id = completed()
    clock_at(days=2)
    clean_up()
    assert client.get(f"/status/{job_id}").json()["job"]["credits_used"] == 3


def scan() -> list[dict]:
    return clients.dynamodb().scan(TableName="table")["Items"]


def test_intermediate_files_are_removed(completed, stored, clock_at):
    job_id = completed()
    for name in ("a", "b"):
        clients.s3().put_object(Bucket=RESULTS, Key=f"intermediate/{job_id}/{name}", Body=b"pixels")
    clock_at(days=2)
    assert clean_up()["deleted_files"] == 4
    assert stored()["results"] == []


def test_the_results_of_a_failed_job_are_removed(submit, stored, clock_at):
    job_id = submit(pictures.png())["id"]
    results.store_result(results.result_key(job_id, "webp"), NewObject(b"made and not recorded", "image/webp"))
    jobs.mark_failed(job_id, clock.now(), "It failed.")
    clock_at(days=2)
    assert clean_up()["deleted_jobs"] == 1
    assert stored()["results"] == []


def test_announced_upload_that_was_never_completed_is_removed(client, stored, clock_at):
    announced = client.post("/upload/presign", json={"size": 3}).json()
    clients.s3().put_object(Bucket=UPLOADS, Key=announced["fields"]["key"], Body=b"abc")
    clock_at(hours=2)
    assert clean_up()["deleted_files"] == 1
    assert (stored()["uploads"], stored()["items"]) == ([], [])


def test_a_job_that_has_not_ended_is_not_removed(submit, stored, clock_at):
    submit(pictures.png())
    clock_at(days=2)
    assert clean_up()["deleted_jobs"] == 0
    assert "JOB" in stored()["items"]


@pytest.mark.parametrize(("tier", "days"), [(Tier.FREE, 1), (Tier.STARTER, 7), (Tier.ENTERPRISE, 7)])
def test_retention_of_results_depends_on_the_tier(aws, tier, days):
    principal = Principal("user-1", tier, Credential.API_KEY)
    content = BytesIO(pictures.png())
    upload = files.store(content, "a.png", files.inspect(content, len(pictures.png())), principal.id)
    (job,) = submission.submit(principal, [upload.id], ProcessingSettings(), "auto").jobs
    assert job.expires_at - job.created_at == timedelta(days=days)


def test_failed_removal_is_reported_and_keeps_nothing_else(completed, monkeypatch, stored, clock_at):
    first, second = completed(), completed()
    clock_at(days=2)
    delete = clients.s3().delete_object

    def fail(**request: str) -> object:
        if first in request["Key"]:
            raise Unavailable("Storage is busy.")
        return delete(**request)

    with monkeypatch.context() as broken:
        broken.setattr(clients.s3(), "delete_object", fail)
        report = clean_up()
    assert report == {"deleted_jobs": 1, "deleted_files": 3, "errors": [f"JOB {reference_of(first)}: Unavailable"]}
    assert stored()["results"] == [f"results/{first}.png"]
    assert second not in str(stored()["results"])
    assert clean_up()["deleted_jobs"] == 1
    assert stored()["results"] == []


def test_removals_beyond_the_time_are_left_to_the_next_run(completed, monkeypatch, clock_at):
    for _ in range(3):
        completed()
    clock_at(days=2)
    monkeypatch.setattr(due_index, "PAGE_ITEMS", 1)
    assert [run_of(1, monkeypatch)["deleted_files"] for _ in range(7)] == [1] * 6 + [0]


def run_of(items: int, monkeypatch) -> dict:
    """A run that has time for so many items: the clock stands still, and then its time is over."""
    removed = []

    def remove(item_key: dict, horizon: object) -> int | None:
        removed.append(item_key)
        return removal.remove(item_key, horizon)

    with monkeypatch.context() as patched:
        patched.setattr(retention, "remove", remove)
        patched.setattr(retention.Term, "is_over", lambda _: len(removed) >= items)
        return clean_up()


def test_time_is_looked_at_before_each_item(completed, monkeypatch, clock_at):
    for _ in range(4):
        completed()
    clock_at(days=2)
    monkeypatch.setattr(retention, "PARALLEL_REMOVALS", 1)
    assert [run_of(3, monkeypatch)["deleted_files"] for _ in range(4)] == [3, 3, 2, 0]


def test_cleanup_does_not_wait_for_running_removals_after_its_time(completed, monkeypatch, clock_at):
    completed()
    clock_at(days=2)
    is_answered, is_asked = Event(), Event()

    def remove(*_: object) -> None:
        is_asked.set()
        is_answered.wait(60)

    monkeypatch.setattr(retention, "remove", remove)
    report = retention.clean_up(0.2)
    assert not is_answered.is_set()
    assert asdict(report) == NOTHING
    is_answered.set()


def test_end_of_the_time_budget_is_not_an_error(completed, monkeypatch, clock_at):
    completed()
    clock_at(days=2)
    now = [0.0]
    for module in (retention.time, time_budget):
        monkeypatch.setattr(module, "monotonic", lambda: now[0])

    def remove(*_: object) -> None:
        now[0] = 61
        time_budget.check()

    monkeypatch.setattr(retention, "remove", remove)
    assert asdict(retention.clean_up(60)) == NOTHING


def test_no_part_of_the_agenda_always_comes_last(aws):
    """If the time never suffices for all parts, each part is the first in some run."""
    identifiers = [str(number) for number in range(100)]
    for each in identifiers:
        entry = due_index.entry(due_index.Part.UNFINISHED, each)
        table.put({**table.key("THING", each), **entry, "expires_at": "2026-03-01T12:00:00Z"})
    firsts = {str(next(due_index.find_due_pages(due_index.Part.UNFINISHED))) for _ in range(50)}
    assert len(firsts) > 1


def test_errors_in_the_report_are_limited_and_all_are_logged(upload, monkeypatch, clock_at, log_lines):
    for _ in range(4):
        upload(pictures.png())
    clock_at(days=2)
    monkeypatch.setattr(retention, "MOST_ERRORS", 2)
    monkeypatch.setattr(retention, "remove", lambda *_, **__: 1 / 0)
    assert len(clean_up()["errors"]) == 2
    assert [line["message"] for line in log_lines()].count("could not be removed") == 4


def test_the_day_that_is_over_is_tidied_up(submit, clock_at):
    submit(pictures.png())
    clock_at(days=2)
    assert refresh_credits.handler({}, Lambda()) == {"refreshed": 1}
    assert refresh_credits.handler({}, Lambda()) == {"refreshed": 0}


def test_tidying_up_leaves_time_to_be_logged(submit, clock_at):
    submit(pictures.png())
    clock_at(days=2)
    assert refresh_credits.handler({}, Lambda(seconds=1)) == {"refreshed": 0}
