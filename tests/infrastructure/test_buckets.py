"""The stack for an owner's buckets: its events, and that it reads and writes nothing else."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from cdk.bucket_rules import SETTING, bucket_rules_of
from functions.buckets.optimize import TRIES
from imgopt.settings.buckets import BucketRules
from tests.conftest import NAMES
from tests.infrastructure.variants import BUCKETS
from tests.roles.policies import Action, Installation

S3 = "arn:aws:s3:::"


@pytest.fixture(scope="module")
def templates(variant) -> dict[str, dict[str, Any]]:
    return variant("another issuer behind a proxy")


@pytest.fixture(scope="module")
def of_kind(templates):
    found = templates["ImgoptBuckets"]["Resources"].values()
    return lambda kind: [each["Properties"] for each in found if each["Type"] == kind]


def test_installation_without_rules_has_no_such_stack(variant):
    assert "ImgoptBuckets" not in variant("Stripe")


def test_rules_are_read_as_the_service_reads_them():
    import aws_cdk as cdk

    known = TypeAdapter(BucketRules).validate_python(json.dumps(BUCKETS[SETTING]))
    app = cdk.App(context={"settings": BUCKETS})
    read = [(each.bucket, each.prefix, each.target, each.written) for each in bucket_rules_of(app)]
    assert read == [(each.bucket, each.prefix, each.target, each.written) for each in known]


def test_events_of_each_rule_reach_the_queue(of_kind):
    patterns = [each["EventPattern"] for each in of_kind("AWS::Events::Rule")]
    assert [each["detail"] for each in patterns] == [
        {"bucket": {"name": ["photos"]}, "object": {"key": [{"prefix": "in/"}]}},
        {"bucket": {"name": ["drawings"]}},
    ]
    assert all((each["source"], each["detail-type"]) == (["aws.s3"], ["Object Created"]) for each in patterns)


def test_function_takes_one_object_at_a_time_and_knows_the_last_try(of_kind):
    (queue,), (mapping,), (function,) = map(
        of_kind, ("AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Function")
    )
    assert queue["RedrivePolicy"]["maxReceiveCount"] == TRIES
    assert queue["VisibilityTimeout"] == 6 * function["Timeout"]
    assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (1, {"MaximumConcurrency": 5})


@pytest.mark.parametrize(
    ("action", "key", "is_allowed"),
    [
        ("s3:GetObject", "photos/in/a.png", True),
        ("s3:GetObject", "photos/out/a.png", False),
        ("s3:PutObject", "photos/in/a.png", False),
        ("s3:PutObject", "site/a-web.webp", True),
        ("s3:PutObject", "site/failed/in/a.png.web.json", True),
        ("s3:DeleteObject", "drawings/a.png", False),
        ("s3:GetObject", "uploads/uploads/1", False),
    ],
)
def test_role_reads_sources_and_writes_results_alone(templates, action, key, is_allowed):
    role = Installation(templates, NAMES).role("OptimizeObject")
    assert role.allows(Action(action, S3 + key)) is is_allowed


def test_function_knows_rules_and_presets(of_kind):
    (function,) = of_kind("AWS::Lambda::Function")
    known = function["Environment"]["Variables"]
    assert json.loads(known["IMGOPT_BUCKET_RULES"])[0]["bucket"] == "photos"
    assert known["IMGOPT_PRESETS"].startswith("web=")
