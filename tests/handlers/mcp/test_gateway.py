"""The Lambda function behind `/mcp`, called by the events of a REST API. Its answers are complete JSON."""

import json
from typing import Any

import pytest

from tests.handlers.mcp.messages import REVISIONS, message_of
from tests.handlers.test_gateway import CONTEXT


@pytest.fixture
def invoke(aws, event_loop):
    def send(method: str, revision: str, **params: Any) -> dict[str, Any]:
        from functions.api.mcp.gateway import handler

        body, headers = message_of(method, params, revision)
        sent = {**headers, "Host": "img.example", "Content-Type": "application/json"}
        event = {
            "resource": "/mcp",
            "path": "/mcp",
            "httpMethod": "POST",
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
            "queryStringParameters": None,
            "requestContext": {"domainName": "img.example", "path": "/v1/mcp", "identity": {"sourceIp": "192.0.2.1"}},
            "body": json.dumps(body),
            "isBase64Encoded": False,
        }
        answer: dict[str, Any] = handler(event, CONTEXT)
        return answer

    return send


@pytest.mark.parametrize("revision", REVISIONS)
def test_answers_are_json_in_each_revision(invoke, revision):
    answer = invoke("tools/list", revision)
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "application/json")
    assert len(json.loads(answer["body"])["result"]["tools"]) == 5


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_client_that_wants_progress_is_answered_all_the_same(invoke, revision):
    asked = {"name": "get_job", "arguments": {"job_id": "3f1f2c9e-0000-4000-8000-000000000000", "wait_seconds": 5}}
    answer = invoke("tools/call", revision, **asked, _meta={"progressToken": 1})
    assert answer["headers"]["content-type"] == "application/json"
    assert json.loads(answer["body"])["result"]["content"][0]["text"] == "Job not found."


def test_clients_are_told_of_the_address_below_the_stage(invoke, issuer, monkeypatch):
    from imgopt.settings import settings

    monkeypatch.setenv("IMGOPT_MCP_GUESTS", "false")
    settings.cache_clear()
    answer = invoke("tools/list", REVISIONS[0])
    assert answer["headers"]["www-authenticate"] == (
        'Bearer resource_metadata="https://img.example/v1/.well-known/oauth-protected-resource/mcp"'
    )
