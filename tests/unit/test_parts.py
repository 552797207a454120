"""Reading from an S3 whose answers break off."""

from io import BytesIO
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from imgopt.errors import NotFound, Unavailable
from imgopt.storage import objects, parts
from tests.storage_double import ETAG, BreakingS3

DATA = bytes(range(256)) * 1024
PART = 100_000


@pytest.fixture
def store(monkeypatch):
    """The S3 that holds `DATA`, with answers that break so; in the end nothing may be open."""
    made: list[BreakingS3] = []

    def begin(*breaks: int | None) -> BreakingS3:
        made.append(BreakingS3(DATA, *breaks))
        monkeypatch.setattr(parts, "s3", lambda: made[-1])
        return made[-1]

    monkeypatch.setattr(parts, "READ_PAUSE", 0)
    yield begin
    assert [each.open for each in made] == [0] * len(made)


def stream(wanted: range = range(len(DATA))) -> list[bytes]:
    return list(objects.stream("results", "a", wanted, lambda: PART))


@pytest.mark.parametrize(("code", "status"), [("404", 404), ("NoSuchKey", 404), ("403", 403), ("AccessDenied", 403)])
def test_objects_that_s3_refuses_are_missing(monkeypatch, code, status):
    """S3 tells only those who may list the bucket whether an object exists."""

    def refuse(**_: object) -> None:
        answer = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(answer, "GetObject")

    refusing = SimpleNamespace(get_object=refuse, head_object=refuse)
    for module in (parts, objects):
        monkeypatch.setattr(module, "s3", lambda: refusing)
    for ask in (objects.read, objects.stat):
        with pytest.raises(NotFound):
            ask("results", "a")


def test_credentials_that_are_no_longer_taken_are_no_missing_file(monkeypatch):
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "InvalidAccessKeyId", "Message": ""}}, "GetObject")

    monkeypatch.setattr(parts, "s3", lambda: SimpleNamespace(get_object=refuse))
    with pytest.raises(ClientError):
        objects.read("results", "a")


def test_an_object_is_read_whole_by_one_request(store):
    s3 = store()
    assert objects.read("results", "a") == DATA
    assert s3.asked == [(None, None)]


def test_a_stream_asks_for_parts_of_one_version(store):
    s3 = store()
    assert b"".join(stream()) == DATA
    assert s3.asked == [
        ("bytes=0-99999", None),
        ("bytes=100000-199999", ETAG),
        (f"bytes=200000-{len(DATA) - 1}", ETAG),
    ]


def test_a_stream_is_of_the_bytes_that_are_wanted(store):
    store()
    assert b"".join(stream(range(5, 150_000))) == DATA[5:150_000]
    assert b"".join(stream(range(0))) == b""


@pytest.mark.parametrize("broken", [0, 1, 70_000, 99_999])
def test_a_part_that_breaks_is_gone_on_with_from_the_byte_that_was_reached(store, broken):
    s3 = store(broken)
    assert b"".join(stream()) == DATA
    assert s3.asked[1] == (f"bytes={broken}-99999", ETAG)


def test_parts_may_each_break_several_times(store):
    store(*[30_000, None, 10, 0, 20_000] * 2)
    assert b"".join(stream()) == DATA


def test_whole_reads_are_resumed_where_they_broke(store):
    s3 = store(70_000, 0, 5)
    assert objects.read("results", "a") == DATA
    assert s3.asked[1:] == [(f"bytes={first}-{len(DATA) - 1}", ETAG) for first in (70_000, 70_000, 70_005)]


def test_a_download_into_a_file_is_gone_on_with(store):
    store(70_000, 3)
    file = BytesIO()
    objects.download("results", "a", file)
    assert file.getvalue() == DATA


def test_tries_end(store):
    s3 = store(*[0] * 100)
    with pytest.raises(Unavailable):
        objects.read("results", "a")
    assert len(s3.asked) == parts.TRIES


def test_tries_end_with_the_time(store, monkeypatch):
    s3 = store(*[0] * 100)
    monkeypatch.setattr(parts, "SECONDS", -1)
    with pytest.raises(Unavailable):
        objects.read("results", "a")
    assert len(s3.asked) == 1


def test_parts_of_another_version_are_never_put_together(store):
    s3 = store()
    read = objects.stream("results", "a", range(len(DATA)), lambda: PART)
    assert next(read) == DATA[:PART]
    s3.etag = '"second"'
    with pytest.raises(Unavailable):
        next(read)


def test_connections_are_closed_while_a_part_is_taken(store):
    s3 = store()
    for _ in objects.stream("results", "a", range(len(DATA)), lambda: PART):
        assert s3.open == 0


def test_a_file_that_can_not_be_written_leaves_nothing_open(store):
    store()
    file = BytesIO()
    file.close()
    with pytest.raises(ValueError, match="closed file"):
        objects.download("results", "a", file)


def test_a_missing_object_is_reported_before_the_first_part(aws):
    with pytest.raises(NotFound):
        objects.stream("results", "missing", range(5), lambda: PART)
