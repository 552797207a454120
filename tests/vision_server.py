"""A server with a vision model and the chat API of OpenAI. It refuses invalid requests.

`python -m tests.vision_server PORT` serves until it is stopped, with a model called "eyes" and without a key.
"""

import json
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread

from PIL import Image

MODEL, KEY = "eyes", "sk-of-tests"
LARGEST_SIDE = 768
SAID = {"alt_text": "A dog on a beach", "keywords": ["dog", "beach", "sand"], "slug": "dog-on-beach"}
PARTS = {"model", "messages", "max_tokens", "max_completion_tokens", "response_format"}


@dataclass(frozen=True)
class Reply:
    """An answer: a status, headers and a body, which is JSON unless it is bytes."""

    body: object
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def chat(content: object, finish_reason: str = "stop", **message: object) -> Reply:
    said = {"role": "assistant", "content": content, **message}
    usage = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
    choice = {"index": 0, "message": said, "finish_reason": finish_reason}
    return Reply({"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage})


def filled_in(**changes: object) -> Reply:
    return chat(json.dumps({**SAID, **changes}))


def refusal(status: int, message: str) -> Reply:
    return Reply({"error": {"message": message, "type": "invalid_request_error", "code": None}}, status)


class VisionServer(ThreadingHTTPServer):
    """`replies` are given one after the other, the last one again and again; `refuses` makes one of a right request."""

    daemon_threads = True

    def __init__(self, port: int = 0, key: str = "") -> None:
        super().__init__(("127.0.0.1", port), Chat)
        self.key = key
        self.asked: list[dict] = []
        self.headers: list[dict[str, str]] = []
        self.pictures: list[Image.Image] = []
        self.replies: list[Reply | Callable[[], Reply]] = [filled_in()]
        self.refuses: Callable[[dict], Reply | None] = lambda _: None
        self.mistakes: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def answer(self, path: str, headers: dict[str, str], data: bytes) -> Reply:
        self.headers.append(headers)
        if self.key and headers.get("authorization") != f"Bearer {self.key}":
            return refusal(401, f"Incorrect API key: {headers.get('authorization')}")
        if path != "/v1/chat/completions":
            return refusal(404, "There is no such path.")
        try:
            request = json.loads(data)
            self.pictures.append(check_request(request))
        except (AssertionError, KeyError, TypeError, ValueError, OSError) as mistake:
            self.mistakes.append(repr(mistake))
            return refusal(400, f"Not a right request: {mistake!r}")
        if request["model"] != MODEL:
            return refusal(404, "The model does not exist.")
        if refused := self.refuses(request):
            return refused
        self.asked.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return reply() if callable(reply) else reply


def check_request(request: dict) -> Image.Image:
    """The picture in it. Raises AssertionError, or what reading it raises."""
    assert set(request) <= PARTS, request.keys()
    assert isinstance(request["model"], str)
    assert ("max_tokens" in request) != ("max_completion_tokens" in request)
    check_format(request.get("response_format"), request)
    system, question, *others = request["messages"]
    assert system["role"] == "system"
    assert isinstance(system["content"], str)
    assert question["role"] == "user"
    assert [each["role"] for each in others] in ([], ["assistant", "user"])
    text, picture = question["content"]
    assert text.keys() == {"type", "text"}
    assert text["type"] == "text"
    assert picture.keys() == {"type", "image_url"}
    assert picture["type"] == "image_url"
    return open_picture(picture["image_url"]["url"])


def check_format(wanted: dict | None, request: dict) -> None:
    """Checks the form by the documentation of structured outputs: strict schemas are closed, and JSON is named."""
    if wanted is None:
        return
    assert wanted["type"] in ("json_object", "json_schema")
    if wanted["type"] == "json_object":
        assert "JSON" in json.dumps(request["messages"])
        return
    described = wanted["json_schema"]
    assert described["strict"] is True
    assert described["name"]
    assert described["schema"]["additionalProperties"] is False
    assert set(described["schema"]["required"]) == set(described["schema"]["properties"])


def open_picture(url: str) -> Image.Image:
    """A whole picture, of at most 768 px, with nothing to show through."""
    head, _, data = url.partition(";base64,")
    assert head in ("data:image/jpeg", "data:image/png"), head
    image = Image.open(BytesIO(b64decode(data, validate=True)))
    image.load()
    assert image.format == head.removeprefix("data:image/").upper()
    assert max(image.size) <= LARGEST_SIDE
    assert image.mode in ("L", "RGB")
    return image


class Chat(BaseHTTPRequestHandler):
    server: VisionServer

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        reply = self.server.answer(self.path, {name.lower(): value for name, value in self.headers.items()}, data)
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **reply.headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@contextmanager
def serving(key: str = "") -> Iterator[VisionServer]:
    with VisionServer(key=key) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


if __name__ == "__main__":
    VisionServer(int(sys.argv[1])).serve_forever()
