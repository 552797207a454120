"""Buckets of an owner, with rules for them."""

import json

import boto3
import pytest

from imgopt.buckets import service
from imgopt.imaging.options import ProcessingSettings
from imgopt.settings import settings
from tests.pictures import draw, encode

RULE = {
    "bucket": "photos",
    "prefix": "in/",
    "presets": ["web"],
    "target": "site",
    "key": "img/{dir}{stem}-{preset}.{ext}",
}
PRESETS = {
    "web": ProcessingSettings(output_width=40, output_format="webp"),
    "thumb": ProcessingSettings(output_width=8, output_format="png"),
    "auto": ProcessingSettings(output_format="auto", accept=("image/webp", "image/avif")),
}


@pytest.fixture
def buckets(aws, monkeypatch):
    """S3 with both."""
    monkeypatch.setattr(service, "settings_of", PRESETS.__getitem__)
    monkeypatch.setattr(service, "options_of", lambda preset: f"of {preset}")
    s3 = boto3.client("s3", region_name="us-east-1")
    for name in ("photos", "site"):
        s3.create_bucket(Bucket=name)
    return s3


@pytest.fixture
def rules(monkeypatch):
    def apply(*given: dict) -> None:
        monkeypatch.setenv("IMGOPT_BUCKET_RULES", json.dumps([RULE | each for each in given]))
        settings.cache_clear()

    apply({})
    yield apply
    settings.cache_clear()


@pytest.fixture
def picture() -> bytes:
    return encode(draw(size=(80, 60)), "PNG")
