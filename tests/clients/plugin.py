"""A client that sends the same requests as the WordPress plugin 1.0.0, from its traffic.

It has an API key, sends settings beside the uploads, takes the answer for a list of jobs, and looks for a job's fields
at the top of its status, every three seconds and for five minutes at most.
"""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

TRIES = 100


class Shown(Exception):
    """Holds what the editor is shown."""


class Plugin:
    def __init__(self, client: TestClient, run: Callable[[str], Any], key: str) -> None:
        self.client, self.run = client, run
        self.headers = {"Authorization": f"Bearer {key}", "User-Agent": "WordPress/6.9; https://site.example"}

    def verify(self) -> dict[str, Any]:
        return self.read(self.client.get("/api-keys/verify", headers=self.headers))

    def optimize(self, data: bytes, name: str = "photo.jpg", **settings: Any) -> dict[str, Any]:
        """The status at the end, with the file."""
        sent = {"file": (name, data, "application/octet-stream")}
        uploaded = self.read(self.client.post("/upload", files=sent, headers=self.headers))
        body = {"temp_file_ids": [uploaded["temp_file_id"]], **settings, "job_source": "wordpress"}
        job_id = index(self.read(self.client.post("/auto", json=body, headers=self.headers)), 0)["id"]
        self.run(job_id)
        status = self.wait(job_id)
        return {**status, "data": self.client.get(f"/download/{job_id}", headers=self.headers).content}

    def wait(self, job_id: str) -> dict[str, Any]:
        for _ in range(TRIES):
            status = self.read(self.client.get(f"/status/{job_id}", headers=self.headers))
            if status["status"] == "completed":
                return status
            if status["status"] == "failed":
                raise Shown(status["error_message"])
        raise Shown("Timeout")

    def read(self, answer: Response) -> dict[str, Any]:
        body = answer.json()
        if answer.is_error:
            detail = body.get("detail")
            raise Shown(detail if isinstance(detail, str) else "Unknown error")
        return body


def index(decoded: Any, number: int) -> Any:
    """`$decoded[$number]` in PHP, where a key that is a number is the same as its digits."""
    return decoded[number] if isinstance(decoded, list) else decoded[str(number)]
