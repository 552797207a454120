"""The answers to clients of three revisions of MCP."""

import pytest
from jsonschema_rs import Draft202012Validator

from tests.handlers.mcp.messages import HANDSHAKE, META, NEWEST, OLDEST, REVISIONS, read_answer, read_events

TOOLS = ["optimize_image", "upscale_image", "describe_image", "get_job", "account_status"]


@pytest.mark.parametrize("revision", REVISIONS)
def test_tools_are_listed_in_each_revision(send, revision):
    tools = read_answer(send("tools/list", revision))["result"]["tools"]
    assert [tool["name"] for tool in tools] == TOOLS
    assert all(tool["title"] and tool["description"] for tool in tools)


def test_schemas_allow_no_other_arguments(send):
    for tool in read_answer(send("tools/list"))["result"]["tools"]:
        assert tool["inputSchema"]["additionalProperties"] is False


@pytest.mark.parametrize("kind", ["inputSchema", "outputSchema"])
def test_every_argument_and_every_field_is_described(send, kind):
    for tool in read_answer(send("tools/list"))["result"]["tools"]:
        fields = tool[kind]["properties"].items()
        assert [(tool["name"], field) for field, part in fields if not part.get("description")] == []


def test_structured_answers_fit_their_schemas(send, call, uploaded):
    schemas = {tool["name"]: tool["outputSchema"] for tool in read_answer(send("tools/list"))["result"]["tools"]}
    queued = call("optimize_image", sent=uploaded[1], temp_file_id=uploaded[0], wait_seconds=0)["structuredContent"]
    account = call("account_status", sent=uploaded[1])["structuredContent"]
    for name, answer in {"get_job": queued, "account_status": account}.items():
        Draft202012Validator(schemas[name], validate_formats=True).validate(answer)


@pytest.mark.parametrize("revision", [HANDSHAKE, OLDEST])
def test_older_clients_begin_by_a_handshake(send, revision):
    client = {"name": "test", "version": "1"}
    answer = send("initialize", revision, protocolVersion=revision, capabilities={}, clientInfo=client)
    result = read_answer(answer)["result"]
    assert (result["protocolVersion"], result["serverInfo"]["name"]) == (revision, "imgopt")
    assert "mcp-session-id" not in answer.headers


def test_newer_clients_discover_what_there_is(send):
    result = read_answer(send("server/discover"))["result"]
    assert result["supportedVersions"] == [NEWEST]
    assert "temp_file_id" in result["instructions"]


def test_a_revision_that_is_not_known_is_refused(send):
    answer = send("tools/list", "2099-01-01")
    assert answer.status_code == 400
    assert NEWEST in answer.text


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_tool_that_there_is_not_is_an_error_that_names_those_there_are(send, revision):
    error = read_answer(send("tools/call", revision, name="remove_background", arguments={}))["error"]
    assert error["code"] == -32602
    assert "optimize_image" in error["message"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_sessions_can_be_neither_got_nor_ended(client, method):
    answer = client.request(method, "/mcp")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


def test_a_body_that_is_no_message_is_refused(client):
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": NEWEST}
    answer = client.post("/mcp", content=b"{", headers=headers | {"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32700)


@pytest.mark.parametrize("revision", REVISIONS)
def test_progress_is_told_to_who_asks_for_it(send, works_at_once, uploaded, revision):
    temp_file_id, headers = uploaded
    arguments = {"temp_file_id": temp_file_id}
    meta = {"progressToken": "p"}
    answer = send("tools/call", revision, headers, name="optimize_image", arguments=arguments, _meta=meta)
    *progress, last = read_events(answer.text)
    assert [each["params"]["progressToken"] for each in progress] == ["p"]
    assert progress[0]["params"]["progress"] == progress[0]["params"]["total"]
    assert last["result"]["structuredContent"]["status"] == "completed"


def test_unexpected_errors_are_logged_and_not_shown(send, uploaded, log_lines, monkeypatch):
    def break_down(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("functions.api.mcp.images.submit", break_down)
    answer = send("tools/call", name="optimize_image", arguments={"temp_file_id": uploaded[0]})
    assert read_answer(answer)["error"]["message"] == "Internal server error."
    assert "a secret" not in answer.text
    assert [line["message"] for line in log_lines() if line["level"] == "ERROR"] == ["unexpected error"]


def test_meta_of_a_client_is_no_argument(call, uploaded, send):
    asked = {"name": "account_status", "arguments": {}, "_meta": {f"{META}/clientInfo": {"name": "a", "version": "1"}}}
    assert read_answer(send("tools/call", sent=uploaded[1], **asked))["result"]["structuredContent"]["is_guest"]
