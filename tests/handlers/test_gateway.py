"""The Lambda function behind API Gateway, asked by the events of a REST API."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from imgopt.settings import settings

CONTEXT = SimpleNamespace(
    function_name="images", memory_limit_in_mb=1024, invoked_function_arn="arn", aws_request_id="request"
)


@pytest.fixture
def ask(aws, event_loop):
    def send(path: str, *, asked: str) -> dict[str, Any]:
        from functions.api.gateway import handler

        event = {
            "resource": "/{proxy+}",
            "path": path,
            "httpMethod": "GET",
            "headers": {"Host": "img.example"},
            "multiValueHeaders": {"Host": ["img.example"]},
            "queryStringParameters": None,
            "requestContext": {"domainName": "img.example", "path": asked, "identity": {"sourceIp": "192.0.2.1"}},
            "body": None,
            "isBase64Encoded": False,
        }
        answer: dict[str, Any] = handler(event, CONTEXT)
        return answer

    return send


def test_the_document_names_the_stage_as_its_server(ask):
    document = json.loads(ask("/openapi.json", asked="/v1/openapi.json")["body"])
    assert document["servers"] == [{"url": "/v1"}, {"url": "./"}]


def test_a_domain_may_map_the_service_below_a_path(ask, monkeypatch):
    monkeypatch.setenv("IMGOPT_PUBLIC_URL", "https://img.example/images")
    settings.cache_clear()
    answer = ask("/images/health", asked="/images/health")
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"status": "healthy"})


@pytest.mark.parametrize("path", ["/status/", "/health/"])
def test_a_slash_at_the_end_leads_nowhere(ask, path):
    assert ask(path, asked=f"/v1{path}")["statusCode"] == 404
