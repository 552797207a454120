"""A server in memory with the HTTP API. Tests can make any of its answers fail."""

import json
import re
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP

import httpx2

SERVER = "https://imgopt.test"
STORAGE = "https://storage.test"
RESULT = b"smaller"
# Enough of a PNG for the client to send it.
IMAGE = b"\x89PNG\r\n\x1a\n".ljust(1000, b"i")
Answer = httpx2.Response | BaseException | Callable[[httpx2.Request], httpx2.Response]


def answer(body: object, status: int = 200, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json=body, headers=headers)


class FakeServer:
    """`scripted` answers go first, for each "METHOD /path"; requests are kept in `requests`."""

    def __init__(self) -> None:
        self.requests: list[httpx2.Request] = []
        self.scripted: dict[str, deque[Answer]] = defaultdict(deque)
        self.uploads: dict[str, tuple[str, int]] = {}
        self.jobs: dict[str, str] = {}
        self.guests: set[str] = set()
        self.asked: dict[str | None, str] = {}
        self.granted: dict[str, tuple[str, int]] = {}
        self.job_status: Callable[[str], dict] = lambda filename: {"status": "completed"}
        self.poll_after: float | None = None
        self.largest, self.presigns, self.redirects = 10_000, True, False
        self.result, self.lock = RESULT, threading.Lock()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        with self.lock:
            self.requests.append(request)
            script = self.scripted[f"{request.method} {request.url.path}"]
            given = script.popleft() if script else self.route(request)
        if isinstance(given, BaseException):
            raise given
        return given(request) if callable(given) else given

    def route(self, request: httpx2.Request) -> httpx2.Response:
        if f"{request.url.scheme}://{request.url.host}" == STORAGE:
            return self.storage(request)
        for pattern, handle in ROUTES.items():
            if found := re.fullmatch(pattern, f"{request.method} {request.url.path}"):
                return handle(self, request, *found.groups())
        return answer({"detail": "Not Found"}, 404)

    def upload(self, request: httpx2.Request) -> httpx2.Response:
        filename, content = parts(request)["file"]
        if len(content) > self.largest:
            return answer({"detail": "The file is too large."}, 413)
        if b"text" in content:
            return answer({"detail": "This is not an image."}, 415)
        return self.stored(request, filename or "", len(content))

    def upload_url(self, request: httpx2.Request) -> httpx2.Response:
        return self.stored(request, json.loads(request.content)["url"].rsplit("/", 1)[-1], 500)

    def stored(self, request: httpx2.Request, filename: str, size: int) -> httpx2.Response:
        file_id = f"file-{len(self.uploads)}"
        self.uploads[file_id] = (filename, size)
        body = {"temp_file_id": file_id, "original_filename": filename, "file_size": size}
        return answer({**body, "session_token": self.new_guest(request)})

    def new_guest(self, request: httpx2.Request) -> str | None:
        if "authorization" in request.headers or request.headers.get("x-session-token") in self.guests:
            return None
        token = f"secret-guest-{len(self.guests)}"
        self.guests.add(token)
        return token

    def presign(self, request: httpx2.Request) -> httpx2.Response:
        if not self.presigns:
            return answer({"detail": "Not Found"}, 404)
        body = json.loads(request.content)
        upload_id = f"upload-{len(self.granted)}"
        self.granted[upload_id] = (body["filename"], body["size"])
        fields = {"key": upload_id, "policy": "secret-policy"}
        grant = {"upload_id": upload_id, "url": f"{STORAGE}/bucket", "fields": fields, "expires_in": 600}
        return answer({**grant, "session_token": self.new_guest(request)})

    def complete(self, request: httpx2.Request) -> httpx2.Response:
        return self.stored(request, *self.granted[json.loads(request.content)["upload_id"]])

    def auto(self, request: httpx2.Request) -> httpx2.Response:
        file_id = json.loads(request.content)["temp_file_ids"][0]
        key = request.headers.get("idempotency-key")
        job_id = self.asked.get(key) or f"job-{len(self.jobs)}"
        self.jobs[job_id] = file_id
        if key:
            self.asked[key] = job_id
        jobs = [{"id": job_id, "temp_file_id": file_id, "status": "queued"}]
        return answer({"success": True, "jobs": jobs, "poll_after_seconds": self.poll_after})

    def status(self, request: httpx2.Request, job_id: str) -> httpx2.Response:
        if job_id not in self.jobs:
            return answer({"detail": "There is no such job."}, 404)
        filename, size = self.uploads[self.jobs[job_id]]
        done = {
            "processed_filename": f"{filename.rpartition('.')[0]}.tinified.webp",
            "processed_size": len(self.result),
            "processed_format": "webp",
            "processed_width": 40,
            "processed_height": 30,
        }
        return answer({"job": {"id": job_id, "original_size": size, **done, **self.job_status(filename)}})

    def download(self, request: httpx2.Request, job_id: str) -> httpx2.Response:
        if self.redirects:
            return httpx2.Response(307, headers={"Location": f"{STORAGE}/results/{job_id}?signature=secret"})
        return httpx2.Response(200, content=self.result)

    def storage(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            return httpx2.Response(204)
        return httpx2.Response(200, content=self.result)

    def paths(self, method: str = "") -> list[str]:
        return [f"{each.method} {each.url.path}" for each in self.requests if each.method.startswith(method)]

    def count(self, path: str) -> int:
        return self.paths().count(path)


ROUTES: dict[str, Callable[..., httpx2.Response]] = {
    "POST /upload": FakeServer.upload,
    "POST /upload/url": FakeServer.upload_url,
    "POST /upload/presign": FakeServer.presign,
    "POST /upload/complete": FakeServer.complete,
    "POST /auto": FakeServer.auto,
    "GET /status/([^/]+)": FakeServer.status,
    "GET /download/([^/]+)": FakeServer.download,
}


def parts(request: httpx2.Request) -> dict[str, tuple[str | None, bytes]]:
    """The parts of a multipart form by name, in their order: file name and content."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.content)
    return {
        part.get_param("name", header="content-disposition"): (part.get_filename(), part.get_payload(decode=True))
        for part in message.iter_parts()
    }
