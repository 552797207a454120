"""Messages of the protocol over HTTP, by the official SDK: one request, one answer, in all revisions.

API Gateway gathers an answer before it passes it on, so there it is JSON. Elsewhere it is a stream where a client wants
to be told of progress, or speaks a revision of 2025.
"""

import time

from fastapi.responses import Response
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import Receive, Scope, Send

from functions.api.mcp.server import build_server
from functions.api.mcp.tool_call import LONGEST_WAIT

SERVER = build_server()


class MessageResponse(Response):
    """What the server answers to the request's body. The tools know who is asking by the request's state."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["waits_until"] = time.monotonic() + LONGEST_WAIT
        # One for each request: its tasks belong to the event loop, and end with the request.
        manager = StreamableHTTPSessionManager(SERVER, json_response="aws.event" in scope, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, receive, send)
