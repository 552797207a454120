"""A client that sends the same requests as the MCP servers 1.3.0 and 2.0.1, from recordings of their traffic.

They upload without a credential, in a form part without a type, and store the session token of the answer. They
request the first job without a credential, too. They follow the status as Server-Sent Events without headers, and
extract the file name from `Content-Disposition` with a pattern.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

BOUNDARY = "----formdata-undici-042"
FILENAME = re.compile(r'filename="?([^";\s]+)"?')
UNSUPPORTED = "Unsupported image format"


class Failed(Exception):
    """Holds the message that the user is shown."""


class McpServer:
    """`run` is what a state machine does meanwhile."""

    def __init__(self, client: TestClient, run: Callable[[str], Any]) -> None:
        self.client, self.run = client, run
        self.session_token: str | None = None
        self.mcp_token: str | None = None
        self.calls = 0

    def optimize(self, data: bytes, name: str = "photo.jpg", path: str = "/auto", **settings: Any) -> dict[str, Any]:
        return self.process(self.upload(data, name)["temp_file_id"], path, **settings)

    def optimize_url(self, url: str, **settings: Any) -> dict[str, Any]:
        return self.process(self.read(self.client.post("/upload/url", json={"url": url}))["temp_file_id"], **settings)

    def upload(self, data: bytes, name: str) -> dict[str, Any]:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **self.credentials()}
        answer = self.read(self.client.post("/upload", content=body, headers=headers))
        self.session_token = answer["session_token"] or self.session_token
        return answer

    def process(self, temp_file_id: str, path: str = "/auto", **settings: Any) -> dict[str, Any]:
        """The end of the job, with the file and what it is called."""
        body = {"temp_file_ids": [temp_file_id], "settings": {**settings, "job_source": "mcp"}}
        headers = self.credentials() if self.calls else self.bearer()
        self.calls += 1
        job_id = self.read(self.client.post(path, json=body, headers=headers))["jobs"][0]["id"]
        self.run(job_id)
        end = self.follow(job_id)
        if end["status"] != "completed":
            raise Failed(end["error"])
        return {**end, **self.download(job_id, end)}

    def follow(self, job_id: str) -> dict[str, Any]:
        with self.client.stream("GET", f"/status/{job_id}/stream") as answer:
            for name, data in events(answer.iter_lines()):
                if name == "complete":
                    return data
        raise Failed("The stream ended too early.")

    def download(self, job_id: str, end: dict[str, Any]) -> dict[str, Any]:
        """Named by the slug and the extension of the result, where there is one, else by the header."""
        answer = self.client.get(f"/download/{job_id}")
        named = FILENAME.search(answer.headers["content-disposition"])
        slug = f"{end['seo_filename']}.{end['processed_format']}" if end["seo_filename"] else None
        return {"data": answer.content, "filename": named and named[1], "suggested": slug}

    def log_in(self, approve: Callable[[str], Any], wait: Callable[[], Any]) -> dict[str, Any]:
        """`approve` is the user in a browser; `wait` passes three seconds."""
        grant = self.read(self.client.post("/mcp/auth/device-code"))
        for number in range(100):
            if number == 60:
                approve(grant["user_code"])
            parameters = {"device_code": grant["device_code"]}
            answer = self.read(self.client.get("/mcp/auth/token", params=parameters))
            if answer["status"] == "approved":
                self.mcp_token = answer["mcp_token"]
                return answer["user"]
            wait()
        raise Failed("The login took too long.")

    def log_out(self) -> None:
        assert self.read(self.client.post("/mcp/auth/revoke", headers=self.bearer())) == {"success": True}

    def status(self) -> dict[str, Any]:
        return self.read(self.client.get("/mcp/auth/status", headers=self.credentials()))

    def credentials(self) -> dict[str, str]:
        return self.bearer() or ({"X-Session-Token": self.session_token} if self.session_token else {})

    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.mcp_token}"} if self.mcp_token else {}

    def read(self, answer: Response) -> dict[str, Any]:
        """What went wrong in the answer's words, but for 415, for which it has words of its own."""
        if answer.status_code == 415:
            raise Failed(UNSUPPORTED)
        body = answer.json()
        if answer.is_error:
            detail = body["detail"]
            raise Failed(detail if isinstance(detail, str) else "[object Object]")
        return body


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    name = "message"
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)
