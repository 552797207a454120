"""The addresses of redirects."""

import pytest

from functions.api.locations import gateway_paths, gateway_url, origin
from imgopt.settings import settings

HOST = "abc.execute-api.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("host", "asked", "path", "above"),
    [
        (HOST, "/v1/mcp/auth/device-code", "/mcp/auth/device-code", "/v1"),
        ("img.example", "/mcp/auth/device-code", "/mcp/auth/device-code", ""),
        ("img.example", "/images/mcp/auth/device-code", "/images/mcp/auth/device-code", "/images"),
        ("img.example", "/imagesque", "/imagesque", ""),
    ],
)
@pytest.mark.usefixtures("environment")
def test_root_path_behind_api_gateway_is_the_stage_or_the_mapped_path(monkeypatch, host, asked, path, above):
    monkeypatch.setenv("IMGOPT_PUBLIC_URL", "https://img.example/images/")
    settings.cache_clear()
    event = {"path": path, "requestContext": {"domainName": host, "path": asked}}
    assert gateway_paths(event) == (above, asked.removeprefix(above))
    assert gateway_url(event) == f"https://{host}{above}"


@pytest.mark.usefixtures("environment")
def test_root_path_behind_a_proxy_that_adds_the_stage_is_that_of_the_public_address(monkeypatch):
    monkeypatch.setenv("IMGOPT_PUBLIC_URL", "https://img.example")
    monkeypatch.setenv("IMGOPT_ORIGIN_SECRET", "s" * 32)
    monkeypatch.setenv("IMGOPT_CLIENT_ADDRESS_HEADER", "Imgopt-Client-Address")
    settings.cache_clear()
    event = {"path": "/upload", "requestContext": {"domainName": HOST, "path": "/v1/upload"}}
    assert gateway_paths(event) == ("", "/upload")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://IMG.example/api/", "https://img.example"),
        ("https://img.example:443", "https://img.example"),
        ("http://img.example:80", "http://img.example"),
        ("https://img.example:80", "https://img.example:80"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url, named):
    assert origin(url) == named
