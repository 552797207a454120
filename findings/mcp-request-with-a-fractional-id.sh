#!/bin/sh
# mcp 2.3.0 (Python): a request whose id is neither a string nor an integer, such as 1.5 or null, which JSON-RPC 2.0
# allows, is answered by 202 and never carried out. The body is read as the first of four models that takes it: a
# request forbids such an id, and a notification has none and ignores what else there is.
# A good guess: 400 with an error of JSON-RPC, since MCP wants ids to be strings or integers; or an answer.
# Seen: of ids 1, 1.5, null and true the status is 200, 202, 202, 202, and the last three have no body.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet mcp==2.3.0
"$folder/env/bin/python" - <<'PY'
import json
import logging

import anyio
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

logging.disable()
SENT = {"accept": "application/json, text/event-stream", "content-type": "application/json", "host": "127.0.0.1"}
SCOPE = {"type": "http", "method": "POST", "path": "/mcp", "query_string": b"", "scheme": "http", "http_version": "1.1"}


async def ask(identifier):
    body = json.dumps({"jsonrpc": "2.0", "id": identifier, "method": "ping"}).encode()
    headers = [(name.encode(), value.encode()) for name, value in SENT.items()]
    received, sent = [{"type": "http.request", "body": body, "more_body": False}], []

    async def receive():
        return received.pop() if received else await anyio.sleep_forever()

    async def send(message):
        sent.append(message)

    manager = StreamableHTTPSessionManager(Server("a"), json_response=True, stateless=True)
    async with manager.run():
        await manager.handle_request({**SCOPE, "headers": headers}, receive, send)
    return sent[0]["status"], bool(b"".join(each.get("body", b"") for each in sent))


async def main():
    return [await ask(identifier) for identifier in (1, 1.5, None, True)]


seen = anyio.run(main)
print(seen)
assert seen == [(200, True), (202, False), (202, False), (202, False)], seen
PY
