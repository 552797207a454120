"""The Lambda function behind API Gateway, called by the events of a REST API."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from functions.api.pages.assets import assets_version
from imgopt.settings import settings

CONTEXT = SimpleNamespace(
    function_name="images", memory_limit_in_mb=1024, invoked_function_arn="arn", aws_request_id="request"
)


@pytest.fixture
def ask(aws, event_loop):
    def send(path: str, *, asked: str, accept: str = "*/*") -> dict[str, Any]:
        from functions.api.gateway import handler

        sent = {"Host": "img.example", "Accept": accept}

        event = {
            "resource": "/{proxy+}",
            "path": path,
            "httpMethod": "GET",
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
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
    assert document["servers"] == [{"url": "/v1"}, {"url": "."}]


def test_a_domain_may_map_the_service_below_a_path(ask, monkeypatch):
    monkeypatch.setenv("IMGOPT_PUBLIC_URL", "https://img.example/images")
    settings.cache_clear()
    answer = ask("/images/health", asked="/images/health")
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"status": "healthy"})


def test_answers_to_tinypngs_clients_write_headers_as_these_compare_them(ask):
    answer = ask("/keys/wrong", asked="/v1/keys/wrong")
    assert (answer["statusCode"], json.loads(answer["body"])["error"]) == (404, "NotFound")
    assert {"Content-Type", "Cache-Control", "X-Ratelimit-Limit"} <= answer["headers"].keys()
    assert "content-type" in ask("/health", asked="/v1/health")["headers"]


@pytest.mark.parametrize("path", ["/status/", "/health/"])
def test_a_slash_at_the_end_leads_nowhere(ask, path):
    assert ask(path, asked=f"/v1{path}")["statusCode"] == 404


def test_page_is_shown_below_the_stage_with_a_slash_at_its_end(ask):
    """The links of the page are relative."""
    shown, led = (ask("/", asked=asked, accept="text/html") for asked in ("/v1/", "/v1"))
    assert (shown["statusCode"], "static/" in shown["body"]) == (200, True)
    assert (led["statusCode"], led["headers"]["location"]) == (307, "https://img.example/v1/")


def test_assets_reach_browsers_through_the_gateway(ask):
    answer = ask(f"/static/{assets_version()}/app/main.js", asked=f"/v1/static/{assets_version()}/app/main.js")
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (
        200,
        "text/javascript; charset=utf-8",
    )


ESCAPED = "/img/signature/rs:fit:300:200/plain/https%3A%2F%2Fexample.com%2Fa%2520b.jpg%3Fv=1"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (ESCAPED, f"/v1{ESCAPED}"),  # API Gateway's own address
        (ESCAPED, ESCAPED),  # a custom domain
        (f"/images{ESCAPED}", f"/images{ESCAPED}"),  # one that maps the service below a path
    ],
    ids=["API Gateway's", "a domain's", "below a path"],
)
def test_escapes_of_a_path_arrive_as_they_were_sent(path, asked, monkeypatch):
    from functions.api.gateway import BelowStage

    if path.startswith("/images"):
        monkeypatch.setenv("IMGOPT_PUBLIC_URL", "https://img.example/images")
        settings.cache_clear()
    seen = []

    async def app(scope, _receive, _send):
        seen.append((scope["raw_path"], scope["path"]))

    event = {"path": path, "requestContext": {"domainName": "img.example", "path": asked}}
    asyncio.run(BelowStage(app)({"aws.event": event}, None, None))
    assert seen == [(ESCAPED.encode(), unquote(ESCAPED))]
