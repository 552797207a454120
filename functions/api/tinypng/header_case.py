"""Header names in TinyPNG's case, such as `Compression-Count`: some clients compare them case-sensitively.

HTTP/1.1 allows any case (RFC 9110, 5.1). ASGI prescribes lower case, but h11 sends names as they are given. HTTP/2 has
only lower case.
"""

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.tinypng.paths import is_tinypng


class HeaderCase:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_renamed(message: Message) -> None:
            if message["type"] == "http.response.start":
                renamed = [
                    (title_case(name.decode("latin-1")).encode("latin-1"), value) for name, value in message["headers"]
                ]
                message = {**message, "headers": renamed}
            await send(message)

        is_renamed = scope["type"] == "http" and is_tinypng(scope["path"])
        await self.app(scope, receive, send_renamed if is_renamed else send)


def rename_headers(answer: dict[str, Any]) -> dict[str, Any]:
    """Renames the headers of a Lambda function's answer to API Gateway."""
    named = {kind: answer[kind] for kind in ("headers", "multiValueHeaders") if kind in answer}
    return answer | {kind: {title_case(name): each[name] for name in each} for kind, each in named.items()}


def title_case(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))
