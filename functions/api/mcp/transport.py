"""MCP over HTTP with the official SDK: one request and one answer, in all revisions of the protocol.

On Lambda the answer is JSON, because API Gateway buffers answers. Elsewhere it is a stream if the client wants progress
reports or uses a revision of 2025.
"""

import time

from fastapi.responses import Response
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import Receive, Scope, Send

from functions.api.mcp.server import build_server
from functions.api.mcp.tool_call import LONGEST_WAIT

SERVER = build_server()


class MessageResponse(Response):
    """The MCP server's answer to a request. Tools get the caller from the request's state."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["waits_until"] = time.monotonic() + LONGEST_WAIT
        # A server for each request: its tasks belong to the request's event loop, and end with the request.
        manager = StreamableHTTPSessionManager(SERVER, json_response="aws.event" in scope, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, receive, send)
