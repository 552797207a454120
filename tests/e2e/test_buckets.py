"""Images in an owner's buckets, on the embedded cloud: events, and `imgopt sync` over HTTP."""

import json
import os
import subprocess
import sys

import pytest

from functions.buckets.optimize import handler
from imgopt.settings import settings
from local.cloud import ROOT
from tests import pictures
from tests.e2e.conftest import PRESETS, wait_until
from tests.handlers.conftest import Lambda

PATTERN = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": ["photos"]}}}
RULE = {"bucket": "photos", "prefix": "in/", "presets": ["web"], "target": "site", "key": "img/{dir}{stem}.{ext}"}


@pytest.fixture(scope="module")
def s3(cloud):
    """A client with both buckets, the first of which sends its events to EventBridge."""
    client = cloud.session.client("s3")
    for name in ("photos", "site"):
        client.create_bucket(Bucket=name)
    events = {"EventBridgeConfiguration": {}}
    client.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=events)
    return client


@pytest.fixture(scope="module")
def queue(cloud, s3):
    """Returns the URL of the queue that is the target of the stack's rule."""
    sqs, events = cloud.session.client("sqs"), cloud.session.client("events")
    url = sqs.create_queue(QueueName="objects")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="created", EventPattern=json.dumps(PATTERN), State="ENABLED")
    events.put_targets(Rule="created", Targets=[{"Id": "1", "Arn": arn}])
    return url


@pytest.fixture
def rules(storage, monkeypatch):
    monkeypatch.setenv("IMGOPT_BUCKET_RULES", json.dumps([RULE]))
    monkeypatch.setenv("IMGOPT_PRESETS", PRESETS)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_object_that_comes_in_is_made_by_its_event(cloud, s3, queue, rules):
    s3.put_object(Bucket="photos", Key="in/2026/a cat.png", Body=pictures.png())
    sqs = cloud.session.client("sqs")
    received = wait_until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))
    body = received[0]["Body"]
    handler({"Records": [{"body": body, "attributes": {"ApproximateReceiveCount": "1"}}]}, Lambda())
    found = s3.get_object(Bucket="site", Key="img/2026/a cat.webp")
    assert pictures.open_image(found["Body"].read()).size == (40, 27)
    assert found["Metadata"]["imgopt-source"] == s3.head_object(Bucket="photos", Key="in/2026/a cat.png")["ETag"]


def sync(cloud, folder, *words: str) -> subprocess.CompletedProcess:
    key = cloud.access.key
    environment = {
        **os.environ,
        "XDG_CONFIG_HOME": str(folder),
        "AWS_ACCESS_KEY_ID": key.id,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    command = [sys.executable, "-m", "imgopt_client", "sync", *words, "--server", cloud.url]
    command += ["--endpoint-url", cloud.endpoint]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_bucket_is_synced_once(cloud, s3, tmp_path):
    for number in range(3):
        s3.put_object(Bucket="photos", Key=f"old/{number}.png", Body=pictures.png())
    words = ("s3://photos/old", "s3://site/old", "--preset", "web", "--preset", "thumb")
    first, second = sync(cloud, tmp_path, *words), sync(cloud, tmp_path, *words)
    assert (first.returncode, first.stdout.startswith("6 made")) == (0, True), first.stderr
    assert (second.returncode, second.stdout) == (0, "6 there already\n")
    found = s3.get_object(Bucket="site", Key="old/2-thumb.png")
    assert (found["ContentType"], pictures.open_image(found["Body"].read()).width) == ("image/png", 8)
