from datetime import timedelta
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from botocore.response import StreamingBody

from functions.stages import fail
from imgopt import clock
from imgopt.settings import settings
from imgopt.storage import clients, parts
from tests import pictures
from tests.conftest import TABLE


@pytest.fixture
def completed(submit, run_stages):
    def make(name: str = "hero.png", **settings: object) -> dict:
        job = submit(pictures.png(), name, **settings)
        run_stages(job["id"])
        return job

    return make


@pytest.fixture
def tomorrow(monkeypatch):
    later = clock.now() + timedelta(days=2)
    return lambda: monkeypatch.setattr(clock, "now", lambda: later)


def test_a_status_needs_no_credential(client, submit):
    job = submit(pictures.png())
    answer = client.get(f"/status/{job['id']}").json()
    assert answer["success"] is True
    assert (answer["job"]["id"], answer["job"]["status"]) == (job["id"], "queued")


def test_the_jobs_fields_stand_beside_it_once_more(client, submit, run_stages):
    """Some clients read the fields beside `job` and not in it."""
    job = submit(pictures.png())
    for end in (None, run_stages):
        if end:
            end(job["id"])
        answer = client.get(f"/status/{job['id']}").json()
        found = answer["job"]
        assert {name: answer[name] for name in found} == found
        assert answer.keys() == {*found, "success", "job"}
    assert (answer["status"], answer["error_message"], answer["processed_size"] > 0) == ("completed", None, True)


def test_jobs_are_named_by_repeated_or_comma_separated_ids(client, submit):
    ids = [submit(pictures.png())["id"] for _ in range(3)]
    for query in ({"job_ids": ids}, {"job_ids": ",".join(ids)}, {"job_ids": [ids[0], ",".join(ids[1:])]}):
        answer = client.get("/status", params=query).json()
        assert (answer["success"], answer["total"], [job["id"] for job in answer["jobs"]]) == (True, 3, ids)


def test_unknown_jobs_are_left_out_of_a_batch(client, submit):
    job_id = submit(pictures.png())["id"]
    answer = client.get("/status", params={"job_ids": [str(uuid4()), job_id]}).json()
    assert (answer["total"], answer["jobs"][0]["id"]) == (1, job_id)


@pytest.mark.parametrize("ids", [[], ["no-id"], [str(uuid4()) for _ in range(101)]])
def test_a_batch_is_of_1_to_100_jobs(client, ids):
    assert client.get("/status", params={"job_ids": ids}).status_code == 422


def test_a_queued_job_tells_its_place_in_line(client, submit, run_stages):
    jobs = [submit(pictures.png()) for _ in range(3)]
    assert place(client, jobs[2]) == (3, 3)
    run_stages(jobs[0]["id"])
    position, seconds = place(client, jobs[2])
    assert (position, seconds) == (2, 0)  # how long that job took, which is next to nothing
    assert place(client, jobs[0]) == (None, None)


def test_a_job_that_never_begins_is_passed_over(client, submit, run_stages):
    lost, begun, waiting = (submit(pictures.png()) for _ in range(3))
    run_stages(begun["id"])
    assert place(client, waiting) == (1, 0)
    assert place(client, lost) == (1, 0)


def test_estimated_wait_counts_rounds_of_parallel_jobs(client, submit, monkeypatch):
    monkeypatch.setenv("IMGOPT_PARALLEL_JOBS", "2")
    settings.cache_clear()
    jobs = [submit(pictures.png()) for _ in range(3)]
    answer = client.get("/status", params={"job_ids": [job["id"] for job in jobs]}).json()["jobs"]
    assert [job["estimated_wait_seconds"] for job in answer] == [3, 3, 6]


def place(client, job: dict) -> tuple[int | None, int | None]:
    shown = client.get(f"/status/{job['id']}").json()["job"]
    return shown["queue_position"], shown["estimated_wait_seconds"]


def test_a_completed_job_tells_where_its_file_is(client, completed):
    job_id = completed()["id"]
    url = client.get(f"/status/{job_id}").json()["job"]["download_url"]
    assert client.get(url).status_code == 200


def test_a_download_is_the_file_under_the_name_that_clients_parse(client, completed):
    job = completed(output_format="webp")
    answer = client.get(f"/download/{job['id']}")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["content-disposition"] == 'attachment; filename="hero.tinified.webp"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert pictures.open_image(answer.content).format == "WEBP"


def test_a_full_file_name_stands_beside_a_plain_one(client, completed):
    job = completed("mein Büro; neu.png")
    disposition = client.get(f"/download/{job['id']}").headers["content-disposition"]
    assert disposition == (
        "attachment; filename=\"mein-Buro-neu.tinified.png\"; filename*=UTF-8''mein%20B%C3%BCro%3B%20neu.tinified.png"
    )


def test_a_result_too_large_for_lambda_is_a_redirect_to_s3(client, completed, monkeypatch):
    monkeypatch.setenv("IMGOPT_INLINE_DOWNLOAD_BYTES", "10")
    settings.cache_clear()
    answer = client.get(f"/download/{completed()['id']}")
    assert answer.status_code == 307
    assert "results/" in answer.headers["location"]
    assert "response-content-disposition" in answer.headers["location"]


def test_head_of_a_redirected_result_has_its_headers(client, completed, monkeypatch):
    """The address is signed for GET: S3 would refuse it."""
    job = completed()
    whole = client.head(f"/download/{job['id']}").headers
    monkeypatch.setenv("IMGOPT_INLINE_DOWNLOAD_BYTES", "10")
    settings.cache_clear()
    answer = client.head(f"/download/{job['id']}")
    told = ("content-length", "content-type", "etag", "content-disposition")
    assert (answer.status_code, *map(answer.headers.get, told)) == (200, *map(whole.get, told))


@pytest.mark.parametrize("path", ["/status/{}", "/download/{}"])
def test_an_unknown_job_is_not_found(client, path):
    answer = client.get(path.format(uuid4()))
    assert (answer.status_code, answer.json()) == (404, {"detail": "Job not found."})


@pytest.mark.parametrize("path", ["/status/{}", "/download/{}"])
def test_a_job_id_is_a_uuid(client, path):
    answer = client.get(path.format("not-a-job"))
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["path", "job_id"])


def test_a_job_that_is_not_finished_can_not_be_downloaded(client, submit):
    answer = client.get(f"/download/{submit(pictures.png())['id']}")
    assert (answer.status_code, answer.json()) == (400, {"detail": "The job is not completed: queued."})


def test_an_expired_job_is_gone(client, completed, tomorrow):
    job = completed()
    tomorrow()
    assert client.get(f"/status/{job['id']}").json()["job"]["status"] == "expired"
    answer = client.get(f"/download/{job['id']}")
    assert answer.status_code == 410
    assert "expired" in answer.json()["detail"]


def test_records_are_removed_some_time_after_theirs_is_over(completed):
    completed()
    items = {item["sk"]["S"]: item for item in clients.dynamodb().scan(TableName=TABLE)["Items"]}
    kinds = ("FILE", "JOB")
    days = {kind: (int(items[kind]["ttl"]["N"]) - clock.now().timestamp()) / 86400 for kind in kinds}
    assert {kind: round(left) for kind, left in days.items()} == {"FILE": 2, "JOB": 8}


def test_a_file_that_s3_no_longer_has_is_not_found(client, completed):
    job = completed()
    path = client.get(f"/status/{job['id']}").json()["job"]["processed_file_path"]
    clients.s3().delete_object(Bucket="results", Key=path)
    answer = client.get(f"/download/{job['id']}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "The file is no longer stored."})


def test_a_part_of_a_file_can_be_asked_for(client, completed):
    path = f"/download/{completed()['id']}"
    whole = client.get(path)
    size = len(whole.content)
    assert whole.headers["accept-ranges"] == "bytes"
    for asked, first, last in (
        ("0-9", 0, 9),
        ("10-", 10, size - 1),
        ("-5", size - 5, size - 1),
        ("4-99999", 4, size - 1),
    ):
        part = client.get(path, headers={"Range": f"bytes={asked}"})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.content == whole.content[first : last + 1]
        assert int(part.headers["content-length"]) == last + 1 - first


@pytest.mark.parametrize("asked", ["bytes=5-4", "bytes=-", "bytes=0-1,3-4", "lines=1-2", "bytes=x-y"])
def test_a_range_that_makes_no_sense_is_all_of_the_file(client, completed, asked):
    assert client.get(f"/download/{completed()['id']}", headers={"Range": asked}).status_code == 200


def test_a_part_behind_the_end_is_refused(client, completed):
    answer = client.get(f"/download/{completed()['id']}", headers={"Range": "bytes=999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"].startswith("bytes */")


def test_a_file_that_the_client_has_is_not_sent_again(client, completed):
    path = f"/download/{completed()['id']}"
    etag = client.get(path).headers["etag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_part_of_another_file_is_never_sent(client, completed):
    path = f"/download/{completed()['id']}"
    etag = client.get(path).headers["etag"]
    for condition, status in ((etag, 206), ('"other"', 200)):
        assert client.get(path, headers={"Range": "bytes=0-3", "If-Range": condition}).status_code == status


def test_the_head_of_a_download_tells_all_but_the_bytes(client, completed):
    path = f"/download/{completed()['id']}"
    head, whole = client.head(path), client.get(path)
    assert head.content == b""
    for name in ("content-length", "content-type", "content-disposition", "etag"):
        assert head.headers[name] == whole.headers[name]


def test_a_signed_url_says_what_it_leads_to(client, completed):
    job = completed("mein Büro.png", output_format="webp")
    answer = client.get(f"/download/{job['id']}/url").json()
    assert (answer["filename"], answer["content_type"], answer["expires_in"]) == (
        "mein Büro.tinified.webp",
        "image/webp",
        900,
    )
    assert answer["size"] == client.get(f"/status/{job['id']}").json()["job"]["processed_size"]
    assert "X-Amz-Signature" in answer["url"]


def test_a_signed_url_needs_a_completed_job(client, submit):
    assert client.get(f"/download/{submit(pictures.png())['id']}/url").status_code == 400
    assert client.get(f"/download/{uuid4()}/url").status_code == 404


def test_results_are_downloaded_together_as_a_zip(client, completed):
    jobs = [completed("a.png"), completed("A.png"), completed("b.png", output_format="webp")]
    answer = client.get("/download", params={"job_ids": ",".join(job["id"] for job in jobs)})
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="tinified.zip"'
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.tinified.png", "A.tinified-2.png", "b.tinified.webp"]
        assert archive.read("b.tinified.webp") == client.get(f"/download/{jobs[2]['id']}").content


def test_a_zip_waits_for_all_and_leaves_out_what_failed(client, completed, submit):
    done, waiting = completed()["id"], submit(pictures.png())["id"]
    answer = client.get("/download", params={"job_ids": [done, waiting]})
    assert (answer.status_code, answer.json()) == (
        400,
        {"detail": "1 of 2 jobs have not ended yet. Try again when they have."},
    )
    fail.handler({"job_id": waiting, "error": {"Error": "States.Runtime", "Cause": ""}}, None)
    answer = client.get("/download", params={"job_ids": [done, waiting]})
    with ZipFile(BytesIO(answer.content)) as archive:
        assert len(archive.namelist()) == 1
    assert client.get("/download", params={"job_ids": waiting}).status_code == 400


def test_a_zip_too_large_for_lambda_names_the_way_out(client, completed, monkeypatch):
    job_id = completed()["id"]
    monkeypatch.setenv("IMGOPT_INLINE_DOWNLOAD_BYTES", "10")
    settings.cache_clear()
    answer = client.get("/download", params={"job_ids": job_id})
    assert answer.status_code == 413
    assert "/url" in answer.json()["detail"]


class Breaking:
    """The same S3, but every other body that it answers ends after ten bytes."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []

    def get_object(self, **asked: str) -> dict:
        answer = clients.s3().get_object(**asked)
        self.asked.append(asked.get("Range"))
        if len(self.asked) % 2:
            answer["Body"] = StreamingBody(BytesIO(answer["Body"].read()[:10]), answer["ContentLength"])
        return answer


@pytest.fixture
def breaking(monkeypatch):
    monkeypatch.setattr(parts, "READ_PAUSE", 0)
    broken = Breaking()
    return lambda: monkeypatch.setattr(parts, "s3", lambda: broken) or broken


def test_a_download_goes_on_where_a_body_breaks(client, completed, breaking):
    path = f"/download/{completed()['id']}"
    whole = client.get(path)
    s3 = breaking()
    again = client.get(path)
    assert (again.content, again.headers) == (whole.content, whole.headers)
    last = len(whole.content) - 1
    assert s3.asked == [f"bytes=0-{last}", f"bytes=10-{last}"]


def test_a_zip_goes_on_where_a_body_breaks(client, completed, breaking):
    query = {"job_ids": [completed(name)["id"] for name in ("a.png", "b.png")]}
    whole = client.get("/download", params=query).content
    breaking()
    assert client.get("/download", params=query).content == whole


def test_the_head_of_a_download_and_what_is_known_read_nothing(client, completed, breaking):
    path = f"/download/{completed()['id']}"
    etag = client.get(path).headers["etag"]
    s3 = breaking()
    client.head(path)
    client.get(path, headers={"If-None-Match": etag})
    client.get(path, headers={"Range": "bytes=999999-"})
    assert s3.asked == []


def test_a_zip_whose_first_file_is_missing_is_not_found(client, completed):
    job = completed()
    path = client.get(f"/status/{job['id']}").json()["job"]["processed_file_path"]
    clients.s3().delete_object(Bucket="results", Key=path)
    answer = client.get("/download", params={"job_ids": job["id"]})
    assert (answer.status_code, answer.json()) == (404, {"detail": "The file is no longer stored."})
