"""Where browsers are sent to."""

import pytest

from functions.api.locations import gateway_url, origin

HOST = "abc.execute-api.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("host", "asked", "url"),
    [
        (HOST, "/v1/mcp/auth/device-code", f"https://{HOST}/v1"),
        ("img.example", "/mcp/auth/device-code", "https://img.example"),
        ("img.example", "/images/mcp/auth/device-code", "https://img.example/images"),
    ],
)
def test_behind_api_gateway_the_stage_or_the_mapped_path_is_part_of_the_address(host, asked, url):
    event = {"path": "/mcp/auth/device-code", "requestContext": {"domainName": host, "path": asked}}
    assert gateway_url(event) == url


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
