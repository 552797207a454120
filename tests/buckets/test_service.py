"""Results of new objects: made once, from the newest bytes, without overwriting other objects."""

import json

import pytest

from imgopt.buckets import results, service
from imgopt.buckets.model import Outcome, SourceObject
from imgopt.errors import Unavailable
from imgopt.imaging import sandboxed
from imgopt.imaging.options import ProcessingSettings
from imgopt.storage import described_objects
from tests.pictures import draw, encode, open_image

KEY = "in/2026/cat.png"


def put(s3, data: bytes, key: str = KEY) -> SourceObject:
    etag = s3.put_object(Bucket="photos", Key=key, Body=data)["ETag"]
    return SourceObject("photos", key, etag, len(data))


def carry_out(source: SourceObject, **options) -> list[Outcome]:
    return [service.carry_out(order, **options) for order in service.orders_of(source)]


def keys(s3) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket="site").get("Contents", [])]


def failure(s3, key: str = KEY) -> dict:
    return json.loads(s3.get_object(Bucket="site", Key=f"failed/{key}.web.json")["Body"].read())


def test_object_is_made_into_a_result_that_says_what_it_is(buckets, rules, picture):
    source = put(buckets, picture)
    assert carry_out(source) == [Outcome.MADE]
    found = buckets.get_object(Bucket="site", Key="img/2026/cat-web.webp")
    assert open_image(found["Body"].read()).size == (40, 30)
    assert found["ContentType"] == "image/webp"
    metadata = found["Metadata"]
    assert (metadata[results.SOURCE], metadata[results.PRESET].split()[0]) == (source.etag, "web")
    assert (metadata[results.WIDTH], metadata[results.HEIGHT]) == ("40", "30")


def test_each_preset_of_a_rule_is_made(buckets, rules, picture):
    rules({"presets": ["web", "thumb"]})
    assert carry_out(put(buckets, picture)) == [Outcome.MADE] * 2
    assert keys(buckets) == ["img/2026/cat-thumb.png", "img/2026/cat-web.webp"]


def test_event_that_comes_twice_is_made_once(buckets, rules, picture, monkeypatch):
    source = put(buckets, picture)
    carry_out(source)
    monkeypatch.setattr(sandboxed, "optimize_sandboxed", None)
    assert carry_out(source) == [Outcome.KEPT]


def test_preset_that_is_changed_makes_it_anew(buckets, rules, picture, monkeypatch):
    source = put(buckets, picture)
    carry_out(source)
    monkeypatch.setattr(service, "options_of", lambda _: "others")
    assert carry_out(source) == [Outcome.MADE]


def test_late_event_of_what_was_replaced_changes_nothing(buckets, rules, picture, monkeypatch):
    """The object is replaced while its result is made."""
    source, make = put(buckets, picture), sandboxed.optimize_sandboxed

    def replace_meanwhile(*given):
        put(buckets, encode(draw(size=(90, 90)), "PNG"))
        return make(*given)

    monkeypatch.setattr(sandboxed, "optimize_sandboxed", replace_meanwhile)
    assert carry_out(source) == [Outcome.REPLACED]
    assert keys(buckets) == []


def test_older_result_never_replaces_a_newer_one(buckets, rules, picture, monkeypatch):
    """Another run has written its result between the last look and the writing."""
    source, is_current = put(buckets, picture), service._is_current

    def write_meanwhile(order):
        current = is_current(order)
        buckets.put_object(Bucket="site", Key="img/2026/cat-web.webp", Body=b"newer")
        return current

    monkeypatch.setattr(service, "_is_current", write_meanwhile)
    with pytest.raises(Unavailable):
        carry_out(source)
    assert buckets.get_object(Bucket="site", Key="img/2026/cat-web.webp")["Body"].read() == b"newer"


def test_result_in_another_format_goes_when_the_object_is_replaced(buckets, rules, picture, monkeypatch):
    monkeypatch.setattr(service, "settings_of", lambda _: ProcessingSettings())  # in the format that comes in
    carry_out(put(buckets, picture))
    monkeypatch.setattr(sandboxed, "possible_formats", lambda *_: {"png", "jpg"})
    carry_out(put(buckets, encode(draw(), "JPEG")))
    assert keys(buckets) == ["img/2026/cat-web.jpg"]


def test_object_that_was_made_here_is_not_made_again(buckets, rules, picture):
    buckets.put_object(Bucket="photos", Key=KEY, Body=picture, Metadata={results.OBJECT: "of another"})
    assert service.orders_of(SourceObject("photos", KEY, "etag", len(picture))) == []


def test_objects_that_come_to_one_key_are_told_and_the_first_stays(buckets, rules, picture):
    carry_out(put(buckets, picture))
    other = "in/2026/cat.jpg"
    assert carry_out(put(buckets, encode(draw(), "JPEG"), other)) == [Outcome.FAILED]
    assert "is a result of another object" in failure(buckets, other)["reason"]


def test_object_that_somebody_else_has_put_there_stays(buckets, rules, picture):
    buckets.put_object(Bucket="site", Key="img/2026/cat-web.webp", Body=b"by hand")
    assert carry_out(put(buckets, picture)) == [Outcome.FAILED]
    assert "was not made by this service" in failure(buckets)["reason"]
    assert buckets.get_object(Bucket="site", Key="img/2026/cat-web.webp")["Body"].read() == b"by hand"


@pytest.mark.parametrize("data", [b"no picture", b"", b"\x89PNG\r\n\x1a\n cut off"], ids=["text", "empty", "damaged"])
def test_failure_is_listed_with_the_reason_until_the_object_can_be_made(buckets, rules, picture, data):
    source = put(buckets, data)
    assert carry_out(source) == [Outcome.FAILED]
    told = failure(buckets)
    assert (told["bucket"], told["key"], told["preset"], told["etag"]) == ("photos", KEY, "web", source.etag.strip('"'))
    assert told["reason"]
    assert carry_out(put(buckets, picture)) == [Outcome.MADE]
    assert keys(buckets) == ["img/2026/cat-web.webp"]


def test_object_that_is_too_large_is_not_fetched(buckets, rules, picture, monkeypatch):
    put(buckets, picture)
    monkeypatch.setattr(described_objects, "read", None)
    assert carry_out(SourceObject("photos", KEY, "etag", 10**9)) == [Outcome.FAILED]
    assert "too large" in failure(buckets)["reason"]


def test_object_that_has_gone_is_nothing_to_do(buckets, rules):
    assert carry_out(SourceObject("photos", KEY, "etag", 1)) == []


def test_failure_that_may_pass_is_tried_again_and_listed_the_last_time(buckets, rules, picture, monkeypatch):
    source = put(buckets, picture)

    def fail(*_):
        raise Unavailable("Processing was interrupted. Please try again.")

    monkeypatch.setattr(sandboxed, "optimize_sandboxed", fail)
    with pytest.raises(Unavailable):
        carry_out(source)
    assert carry_out(source, last=True) == [Outcome.FAILED]
    assert failure(buckets)["reason"].startswith("Processing was interrupted")
