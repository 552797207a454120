"""Rules for buckets: which objects match, and that no rule reads the results of another."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from imgopt.buckets.keys import failure_key, result_key, rule_for
from imgopt.settings.buckets import BucketRules

RULE = {"bucket": "photos", "prefix": "in/", "presets": ["web"], "target": "site"}


def read(*given: dict):
    return TypeAdapter(BucketRules).validate_python(json.dumps([RULE | each for each in given]))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"target": "photos", "key": "in/small/{dir}{stem}.{ext}"}, "would be processed again"),
        ({"target": "photos", "key": "{dir}{stem}.{ext}"}, "would be processed again"),
        ({"target": "photos", "prefix": ""}, "would be processed again"),
        ({"target": "photos", "key": "out/{dir}{stem}.{ext}", "failed": "in/failed/"}, "would be processed again"),
        ({"presets": ["web", "thumb"], "key": "{dir}{stem}.{ext}"}, "contain {preset}"),
        ({"presets": ["web", "web"]}, "once"),
        ({"presets": []}, "at least 1"),
        ({"key": "{dir}{stem}.webp"}, "end in .{ext}"),
        ({"key": "{stem}.{ext}"}, "{dir} and {stem}"),
        ({"key": "{dir}{stem}{width}.{ext}"}, "no other braces"),
        ({"key": "{{dir}{stem}.{ext}"}, "no other braces"),
        ({"bucket": "Photos"}, "match pattern"),
        ({"bucket": "s3://photos"}, "match pattern"),
        ({"form": "webp"}, "Extra inputs"),
    ],
)
def test_rule_that_could_not_be_kept_is_refused(changed, said):
    with pytest.raises(ValidationError, match=said):
        read(changed)


def test_rules_that_read_what_another_writes_are_refused():
    there = {"bucket": "photos", "target": "site", "prefix": ""}
    back = {"bucket": "site", "target": "photos", "prefix": ""}
    with pytest.raises(ValidationError, match="would be processed again"):
        read(there, back)
    assert len(read(there, {"bucket": "drawings", "target": "site", "prefix": ""})) == 2


def test_same_bucket_may_have_both_where_prefixes_are_apart():
    (rule,) = read({"target": "photos", "key": "out/{dir}{stem}.{ext}"})
    assert rule.written == ("out/", "failed/")


def test_object_goes_by_the_rule_with_the_longest_prefix_and_folders_by_none():
    rules = read({"prefix": ""}, {"prefix": "in/large/"})
    assert rule_for(rules, "photos", "in/large/a.png") is rules[1]
    assert rule_for(rules, "photos", "in/a.png") is rules[0]
    assert rule_for(rules, "photos", "in/large/") is None
    assert rule_for(rules, "drawings", "in/a.png") is None


@pytest.mark.parametrize(
    ("key", "made"),
    [
        ("in/cat.png", "cat-web.webp"),
        ("in/2026/11/cat.final.png", "2026/11/cat.final-web.webp"),
        ("in/cat", "cat-web.webp"),
        ("in/{preset}.png", "{preset}-web.webp"),
        ("in/../../cat.png", "../../cat-web.webp"),
    ],
)
def test_result_keeps_folder_and_name(key, made):
    (rule,) = read({"key": "web/{dir}{stem}-{preset}.{ext}"})
    assert result_key(rule, key, "web", "webp") == f"web/{made}"
    assert failure_key(rule, key, "web") == f"failed/{key}.web.json"
