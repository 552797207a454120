"""Where browsers are sent to."""

import pytest

from functions.api.locations import gateway_url

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
