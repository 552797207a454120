"""Files without a record, and records without a file: `cleanup` finds both, and nothing else."""

from uuid import uuid4

import pytest

from imgopt.files import repository as files
from imgopt.jobs import results
from imgopt.retention import orphans
from imgopt.retention.cleanup import clean_up
from imgopt.storage import clients, table
from tests import pictures
from tests.conftest import RESULTS, UPLOADS

ID = "3f1f2c9e-0000-4000-8000-000000000000"
NAMELESS = [
    (UPLOADS, f"uploads/{ID}.0a1b2c3d"),
    (UPLOADS, f"incoming/{ID}"),
    (RESULTS, f"results/{ID}.webp"),
    (RESULTS, f"intermediate/{ID}.png"),
    (RESULTS, f"intermediate/{ID}/a"),
]


def put(bucket: str, key: str) -> None:
    clients.s3().put_object(Bucket=bucket, Key=key, Body=b"bytes")


@pytest.mark.parametrize(("bucket", "key"), NAMELESS)
def test_a_file_that_no_record_names_is_removed(aws, stored, clock_at, bucket, key):
    put(bucket, key)
    clock_at(hours=2)
    assert clean_up(60).deleted_files == 1
    assert stored()[bucket] == []


@pytest.mark.parametrize(("bucket", "key"), NAMELESS)
def test_orphan_is_kept_while_a_record_may_still_name_it(aws, stored, clock_at, bucket, key):
    put(bucket, key)
    clock_at(minutes=50)
    assert clean_up(60).deleted_files == 0
    assert stored()[bucket] == [key]


def test_files_named_by_a_record_stay(client, submit, run_stages, stored, clock_at):
    """Uploads, results, pictures on the way to one, and files that are only announced."""
    done, under_way = submit(pictures.png())["id"], submit(pictures.png())["id"]
    run_stages(done)
    put(RESULTS, results.intermediate_key(under_way))
    announced = client.post("/upload/presign", json={"size": 3}).json()
    put(UPLOADS, announced["fields"]["key"])
    table.put({**table.get(table.key("AWAITED", announced["upload_id"])), "expires_at": "2999-01-01T00:00:00Z"})
    before = stored()
    clock_at(hours=2)
    assert clean_up(60).deleted_files == 0
    assert stored() == before


def test_file_of_an_upload_that_its_record_does_not_name_is_removed(upload, stored, clock_at):
    kept = upload(pictures.png())
    put(UPLOADS, files.new_key(kept["temp_file_id"]))
    clock_at(hours=2)
    assert clean_up(60).deleted_files == 1
    assert stored()[UPLOADS] == [kept["temp_path"]]


def test_the_file_of_a_job_that_has_expired_is_removed(submit, run_stages, stored, clock_at):
    job_id = submit(pictures.png())["id"]
    run_stages(job_id)
    clock_at(days=2)
    clean_up(60)
    put(RESULTS, results.result_key(job_id, "webp"))
    clock_at(days=2, hours=2)
    assert clean_up(60).deleted_files == 1


def test_a_record_of_a_file_that_is_not_there_is_removed(upload, stored):
    lost, kept = upload(pictures.png()), upload(pictures.png())
    clients.s3().delete_object(Bucket=UPLOADS, Key=lost["temp_path"])
    clean_up(60)
    assert files.find_all([lost["temp_file_id"], kept["temp_file_id"]]).keys() == {kept["temp_file_id"]}


def test_records_are_looked_at_while_they_are_new(upload, monkeypatch, clock_at):
    """Checking all files each time would cost more than it saves: expired ones are always deleted."""
    lost = upload(pictures.png())
    clients.s3().delete_object(Bucket=UPLOADS, Key=lost["temp_path"])
    clock_at(hours=3)
    clean_up(60)
    assert files.find_all([lost["temp_file_id"]])


def test_a_run_looks_at_no_more_than_so_many_pages(aws, stored, clock_at, monkeypatch):
    asked = []

    def find_pages(*_: object, after: str, **__: object):
        for number in range(10):
            asked.append((bool(after), number))
            yield []

    monkeypatch.setattr("imgopt.storage.objects.find_pages", find_pages)
    clean_up(60)
    assert len(asked) <= 2 * (orphans.MOST_PAGES + 1) * len(orphans.SEARCHED_FOLDERS)


def test_every_place_is_come_to_in_some_run(aws, clock_at, stored):
    """Each run reads from a random place to the end, and then from the beginning."""
    for _ in range(20):
        put(UPLOADS, f"uploads/{uuid4()}.0a1b2c3d")
    clock_at(hours=2)
    assert clean_up(60).deleted_files == 20
    assert stored()[UPLOADS] == []
