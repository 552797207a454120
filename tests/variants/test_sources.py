"""Sources of images, the lifetime of their records, and the answers if they fail."""

import pytest

from imgopt.jobs import repository as jobs
from imgopt.retention.deletion import delete
from imgopt.storage import clients
from tests import aws_resources, pictures
from tests.conftest import RESULTS, UPLOADS
from tests.variants.conftest import forget_all, picture

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def failing(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno".encode()


def test_source_is_believed_for_a_time(get, website, clock_at):
    for minutes in (0, 30, 59):
        clock_at(minutes=minutes)
        get("w:20")
    assert len(website.requests) == 1


def test_source_is_written_with_spaces(get, website):
    website.files["/a%20cat.jpg"] = picture(pictures.jpeg())
    assert get("w:20", source=website.address("/a cat.jpg")).status_code == 200


def test_source_is_asked_again_by_its_etag(get, website, work, clock_at):
    get("w:20")
    clock_at(hours=2)
    assert get("w:20").status_code == 200
    assert b'If-None-Match: "one"' in website.requests[-1]
    assert (len(website.requests), len(work.asked)) == (2, 1)
    get("w:20")
    assert len(website.requests) == 2


def test_source_that_has_changed_is_another_image(get, website, clock_at):
    before = get("w:20")
    website.files["/cat.jpg"] = picture(pictures.encode(pictures.draw(size=(50, 40)), "JPEG"), '"two"')
    clock_at(hours=2)
    after = get("w:20")
    assert after.headers["etag"] != before.headers["etag"]


def test_source_with_another_etag_and_the_same_bytes_is_the_same_image(get, website, work, clock_at):
    before = get("w:20")
    website.files["/cat.jpg"] = picture(pictures.jpeg(), '"two"')
    clock_at(hours=2)
    assert get("w:20").headers["etag"] == before.headers["etag"]
    assert len(work.asked) == 1


def test_source_without_an_etag_is_asked_by_its_time(get, website, clock_at):
    body = pictures.jpeg()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n\r\n"
    website.files["/cat.jpg"] = head.encode() + body
    get("w:20")
    clock_at(hours=2)
    get("w:20")
    assert b"If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT" in website.requests[-1]


def test_source_that_is_broken_for_now_is_believed(get, website, clock_at):
    before = get("w:20")
    website.files["/cat.jpg"] = failing("503 Busy")
    clock_at(hours=2)
    assert get("w:20").content == before.content
    clock_at(hours=2, seconds=31)
    website.files["/cat.jpg"] = failing("404 Gone")
    assert get("w:20").status_code == 404


def test_source_that_changes_before_it_is_asked_is_made_as_it_is(get, website):
    get("w:20")
    website.files["/cat.jpg"] = picture(pictures.encode(pictures.draw(size=(50, 40)), "JPEG"), '"two"')
    forget_all()
    first = get("w:10")
    forget_all()
    assert get("w:10").headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        (failing("404 Not Found"), 404, "answered 404"),
        (failing("403 Forbidden"), 403, "answered 403"),
        (failing("410 Gone"), 410, "answered 410"),
        (failing("500 Oh"), 502, "answered 500"),
        (failing("503 Oh"), 502, "answered 503"),
        (failing("204 Nothing"), 502, "answered 204"),
        (b"not HTTP at all\r\n\r\n", 404, "could not be fetched"),
        (picture(b""), 422, "empty"),
        (picture(pictures.png()[:-20]), 422, "truncated"),
        (picture(b"<html>a page</html>"), 422, "Unsupported"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nshort", 422, "completely"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx", 422, "compressed"),
    ],
)
def test_source_that_fails_is_told_in_a_sentence(get, website, given, status, words):
    website.files["/cat.jpg"] = given
    answer = get("w:20")
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert answer.headers["cache-control"] == "no-store"


def test_source_that_takes_too_long_is_told(get, website, set_up):
    set_up(url_fetch_seconds=0.2)
    website.files["/cat.jpg"] = lambda peer: peer.drip(b"HTTP/1.1 200 OK\r\nX: y\r\n")
    answer = get("w:20")
    assert (answer.status_code, answer.json()) == (504, {"detail": "The source takes too long to answer."})


def test_failure_is_not_asked_for_at_once_again(get, website):
    website.files["/cat.jpg"] = failing("500 Oh")
    assert [get("w:20").status_code for _ in range(3)] == [502] * 3
    assert len(website.requests) == 1


def test_large_source_is_refused(get, set_up):
    set_up(max_upload_bytes=100)
    assert get("w:20").status_code == 422


class TestFallback:
    """An image that stands in for a source that can't be had."""

    @pytest.fixture(autouse=True)
    def fallback(self, website, set_up):
        website.files["/none.png"] = picture(pictures.png(), '"none"')
        set_up(url_fallback=website.address("/none.png"))

    def test_fallback_is_made_like_the_source(self, get, work):
        answer = get("w:20", source="http://127.0.0.1:1/a.png")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.headers["cache-control"] == "max-age=60, public"
        assert work.asked[0][1].options.width == 20

    def test_fallback_is_not_kept_in_place_of_the_source(self, get, website, clock_at):
        get("w:20", source=website.address("/late.jpg"))
        website.files["/late.jpg"] = picture(pictures.jpeg())
        clock_at(minutes=1)
        assert get("w:20", source=website.address("/late.jpg")).headers["content-type"] == "image/jpeg"

    @pytest.mark.parametrize(("set_status", "status"), [(0, 404), (404, 404), (206, 206)])
    def test_fallback_has_the_status_of_the_settings(self, get, website, set_up, set_status, status):
        set_up(url_fallback_status=set_status)
        answer = get("w:20", source=website.address("/missing.jpg"))
        assert (answer.status_code, answer.headers["cache-control"]) == (status, "max-age=60, public")

    def test_fallback_that_fails_is_not_told_of(self, get, website, set_up):
        set_up(url_fallback=website.address("/missing.png"))
        website.files["/cat.jpg"] = failing("403 No")
        assert get("w:20").status_code == 403

    def test_fallback_does_not_hide_a_wrong_signature(self, client):
        assert client.get("/img/wrong/w:20/aGVsbG8").status_code == 403


class TestBuckets:
    """Objects of buckets that the operator names."""

    @pytest.fixture(autouse=True)
    def bucket(self, set_up):
        aws_resources.make_bucket("photos")
        clients.s3().put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
        set_up(url_buckets="photos")

    def put(self, key: str, body: bytes) -> str:
        return clients.s3().put_object(Bucket="photos", Key=key, Body=body)["VersionId"]

    def test_object_is_a_source(self, get):
        self.put("a cat.jpg", pictures.jpeg())
        answer = get("w:20", source="s3://photos/a%20cat.jpg")
        assert (answer.status_code, answer.headers["content-disposition"]) == (
            200,
            "inline; filename=\"a-cat.jpg\"; filename*=UTF-8''a%20cat.jpg",
        )

    def test_object_is_asked_again_by_its_etag(self, get, work, clock_at):
        self.put("cat.jpg", pictures.jpeg())
        get("w:20", source="s3://photos/cat.jpg")
        clock_at(hours=2)
        assert get("w:20", source="s3://photos/cat.jpg").status_code == 200
        self.put("cat.jpg", pictures.png())
        clock_at(hours=4)
        assert get("w:20", source="s3://photos/cat.jpg").headers["content-type"] == "image/png"

    def test_older_version_is_named(self, get):
        version = self.put("cat.jpg", pictures.jpeg())
        self.put("cat.jpg", pictures.png())
        assert get("w:20", source=f"s3://photos/cat.jpg?versionId={version}").headers["content-type"] == "image/jpeg"

    def test_missing_object_is_told(self, get):
        assert get("w:20", source="s3://photos/none.jpg").status_code == 404

    @pytest.mark.parametrize(
        "source", [f"s3://{UPLOADS}/a.jpg", f"s3://{RESULTS}/variants/a", "s3://other/a.jpg", "s3://photos/"]
    )
    def test_other_buckets_are_not_open(self, get, source):
        answer = get("w:20", source=source)
        assert (answer.status_code, answer.json()["detail"][:18]) == (404, "Invalid source URL")


class TestJobs:
    """Results of jobs."""

    @pytest.fixture
    def done(self, client, run_stages):
        def make(**options: object) -> str:
            uploaded = client.post("/upload", files={"file": ("hero.png", pictures.png())}).json()
            body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": options}
            headers = {"X-Session-Token": uploaded["session_token"]}
            job = client.post("/auto", json=body, headers=headers).json()["jobs"][0]
            run_stages(job["id"])
            return job["id"]

        return make

    def test_result_is_a_source(self, get, done):
        answer = get("w:20", source=f"job://{done()}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")

    def test_result_of_a_private_job_is_not(self, get, done):
        assert get("w:20", source=f"job://{done(private=True)}").status_code == 404

    @pytest.mark.parametrize("seen", [False, True])
    def test_result_that_has_expired_is_gone(self, get, done, clock_at, seen):
        job_id = done()
        assert not seen or get("w:20", source=f"job://{job_id}").status_code == 200
        clock_at(days=3)
        assert get("w:20", source=f"job://{job_id}").status_code == 410

    def test_result_of_a_deleted_job_is_gone_at_the_next_check(self, get, done, clock_at):
        job_id = done()
        assert get("w:20", source=f"job://{job_id}").status_code == 200
        delete(jobs.find_all([job_id])[0])
        clock_at(hours=2)
        assert get("w:20", source=f"job://{job_id}").status_code == 404

    @pytest.mark.parametrize("name", [UNKNOWN, f"{UNKNOWN}/7", f"{UNKNOWN}/²", f"{UNKNOWN}/{'9' * 5000}", "x", "..%2f"])
    def test_unknown_result_is_told(self, get, name):
        assert get("w:20", source=f"job://{name}").status_code == 404
