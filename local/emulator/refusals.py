"""Error answers to refused requests, in the form that AWS's clients expect."""

import json
from email.utils import formatdate
from typing import Any
from xml.sax.saxutils import escape

Headers = list[tuple[bytes, bytes]]


class Refused(Exception):
    """A refused request. `code` is AWS's name of the error."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def describe(self, *, as_xml: bool) -> tuple[str, bytes]:
        """The media type and body of the answer: XML for S3, JSON for other services."""
        if as_xml:
            text = f"<Error><Code>{self.code}</Code><Message>{escape(self.message)}</Message></Error>"
            return "application/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
        return "application/json", json.dumps({"__type": self.code, "message": self.message}).encode()


async def refuse(send: Any, refused: Refused, headers: Headers, *, as_xml: bool) -> None:
    media_type, body = refused.describe(as_xml=as_xml)
    standard = [(b"content-type", media_type.encode()), (b"x-amzn-errortype", refused.code.encode())]
    await respond(send, refused.status, [*standard, *headers], body)


async def respond(send: Any, status: int, headers: Headers, body: bytes = b"") -> None:
    standard = [(b"date", formatdate(usegmt=True).encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*standard, *headers]})
    await send({"type": "http.response.body", "body": body})
