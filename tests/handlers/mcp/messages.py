"""Messages of MCP, in each revision of the protocol, as clients write and read them."""

import json
from typing import Any

NEWEST, HANDSHAKE, OLDEST = "2026-07-28", "2025-11-25", "2025-06-18"
REVISIONS = (NEWEST, HANDSHAKE, OLDEST)
META = "io.modelcontextprotocol"
Result = dict[str, Any]


def message_of(method: str, params: Result, revision: str) -> tuple[Result, dict[str, str]]:
    """The body and the headers of a request."""
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": revision}
    if revision not in (HANDSHAKE, OLDEST):
        envelope = {f"{META}/protocolVersion": revision, f"{META}/clientCapabilities": {}}
        params = {**params, "_meta": {**envelope, **params.get("_meta", {})}}
        headers |= {"Mcp-Method": method, **({"Mcp-Name": params["name"]} if "name" in params else {})}
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, headers


def read_answer(answer: Any) -> Result:
    """The last message, of JSON or of a stream."""
    if answer.headers["content-type"].startswith("text/event-stream"):
        return read_events(answer.text)[-1]
    found: Result = answer.json()
    return found


def read_events(text: str) -> list[Result]:
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
