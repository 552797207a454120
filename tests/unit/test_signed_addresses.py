"""Signed URLs and forms lead to the bucket in its own region, or to the embedded cloud."""

from urllib.parse import parse_qs, urlsplit

import pytest

from imgopt.jobs import results
from imgopt.settings import settings
from imgopt.storage import clients, objects

REGIONS = {
    "us-east-1": "https://files.s3.us-east-1.amazonaws.com",  # not by the global endpoint, which is there as well
    "eu-central-1": "https://files.s3.eu-central-1.amazonaws.com",
    "eu-south-2": "https://files.s3.eu-south-2.amazonaws.com",
    "cn-north-1": "https://files.s3.cn-north-1.amazonaws.com.cn",
}


@pytest.fixture(autouse=True)
def new_client(environment):
    clients.s3.cache_clear()
    yield
    clients.s3.cache_clear()


def addresses() -> list[str]:
    download = objects.presign_download("files", "a.png", disposition="inline", seconds=60)
    upload, _ = objects.presign_post("files", "a.png", content_type="image/png", size=9, seconds=60)
    return [download, upload]


@pytest.mark.parametrize("region", REGIONS)
def test_the_address_of_a_file_names_its_bucket_and_region(region, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    download, upload = map(urlsplit, addresses())
    assert {f"{each.scheme}://{each.netloc}" for each in (download, upload)} == {REGIONS[region]}
    assert (download.path, upload.path.strip("/")) == ("/a.png", "")
    assert f"%2F{region}%2Fs3%2Faws4_request" in download.query


def test_a_cdn_takes_the_place_of_the_host_and_of_nothing_else(monkeypatch):
    """S3 has signed for its own host, path and query, which the CDN asks by."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("IMGOPT_RESULTS_BUCKET", "files")
    addressed = []
    for cdn in ("", "https://img.example"):
        monkeypatch.setenv("IMGOPT_RESULTS_URL", cdn)
        settings.cache_clear()
        addressed.append(urlsplit(results.presign_result("results/a.png", disposition="inline", seconds=60)))
    direct, by_cdn = addressed
    assert (direct.netloc, by_cdn.netloc) == ("files.s3.eu-central-1.amazonaws.com", "img.example")
    assert by_cdn.path == direct.path == "/results/a.png"
    known = [parse_qs(each.query) for each in (direct, by_cdn)]
    assert known[0].keys() == known[1].keys()
    assert known[1]["X-Amz-SignedHeaders"] == ["host"]


def test_the_embedded_cloud_has_buckets_in_paths(monkeypatch):
    """Names below 127.0.0.1 lead nowhere."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    download, upload = map(urlsplit, addresses())
    assert {each.netloc for each in (download, upload)} == {"127.0.0.1:4566"}
    assert (download.path, upload.path) == ("/files/a.png", "/files")
