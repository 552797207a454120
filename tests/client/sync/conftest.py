import boto3
import pytest
from moto import mock_aws

from tests.client.server import IMAGE, answer


@pytest.fixture
def s3(monkeypatch):
    """Two buckets, of which the first has an image, a folder and a text."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("s3")
        for name in ("photos", "site"):
            client.create_bucket(Bucket=name)
        client.put_object(Bucket="photos", Key="in/2026/cat.png", Body=IMAGE)
        client.put_object(Bucket="photos", Key="in/2026/", Body=b"")
        client.put_object(Bucket="photos", Key="in/notes.txt", Body=b"text")
        yield client


@pytest.fixture
def presets(server):
    """The presets of the server, which answers them nine times."""
    told = [
        {"name": "web", "options": "w:40/f:webp", "settings": {"output_width": 40}},
        {"name": "thumb", "options": "w:8/f:webp", "settings": {"output_width": 8}},
        {"name": "blurred", "options": "bl:4", "settings": None},
    ]
    server.scripted["GET /config"].extend([answer({"presets": told})] * 9)
    return told
