"""The work that runs when something is killed, and the checks afterwards."""

import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import httpx2
from PIL import Image

from benchmarks.chaos.pages import Browser
from benchmarks.chaos.world import World
from local.accounts import EMAIL, PASSWORD

END_SECONDS = 150  # jobs that were interrupted go on within two minutes
SETTINGS: dict[str, dict[str, object]] = {
    "compress": {"output_format": "avif", "output_quality": 60},
    "upscale": {"output_upscale_factor": 2},
    "words": {"output_seo_tag_gen": True},
    "callback": {},
}
SIZES = {"compress": (1600, 1200), "upscale": (300, 200), "words": (600, 400), "callback": (300, 200)}
COSTS = {"compress": 3, "upscale": 5, "words": 4, "callback": 3}


class Website(ThreadingHTTPServer):
    """A server that receives callbacks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.bodies: list[bytes] = []


class Visit(BaseHTTPRequestHandler):
    server: Website

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@dataclass
class Outcome:
    """The result of the checks. `problems` is empty if all succeed."""

    completed: int = 0
    problems: list[str] = field(default_factory=list)
    longest: float = 0

    def expect(self, holds: object, problem: str) -> None:
        if not holds:
            self.problems.append(problem)


def begin(world: World, website: Website) -> "Work":
    """Starts all kinds of work of a client. All requests have been answered when it returns."""
    client = world.client
    uploaded = client.post("/upload", files={"file": picture((64, 48))}).raise_for_status().json()
    work = Work(website, {"X-Session-Token": uploaded["session_token"]}, world.schedules())
    work.key = make_key(world)
    work.grant = client.post("/mcp/auth/device-code").raise_for_status().json()
    work.upload_id = upload_directly(client, work.headers)
    for name, settings in SETTINGS.items():
        work.jobs[name] = submit(client, work, name, settings)
    work.since = time.monotonic()
    return work


@dataclass
class Work:
    website: Website
    headers: dict[str, str]
    schedules: list[str]
    jobs: dict[str, str] = field(default_factory=dict)
    key: str = ""
    grant: dict[str, str] = field(default_factory=dict)
    upload_id: str = ""
    since: float = 0

    def look(self, world: World, outcome: Outcome) -> None:
        """Waits for the end of all work, and continues the clients' part of it."""
        for name, job_id in self.jobs.items():
            self._look_at_job(world.client, name, job_id, outcome)
        outcome.longest = max(outcome.longest, time.monotonic() - self.since)
        self._look_at_callbacks(outcome)
        outcome.expect(verify(world.client, self.key) == 200, "an API key is gone")
        outcome.expect(complete(world.client, self) == 200, "a presigned upload is gone")
        outcome.expect(approve(world, self.grant), "a device login is gone")
        outcome.expect(world.schedules() == self.schedules, "a schedule is gone")

    def _look_at_job(self, client: httpx2.Client, name: str, job_id: str, outcome: Outcome) -> None:
        job = wait_for_end(client, job_id)
        if job["status"] != "completed":
            outcome.problems.append(f"{name}: {job['status']} {job.get('error_message') or ''}".strip())
            return
        outcome.completed += 1
        answer = client.get(f"/download/{job_id}")
        outcome.expect(answer.status_code == 200 and answer.content, f"{name}: its download is {answer.status_code}")

    def _look_at_callbacks(self, outcome: Outcome) -> None:
        told, until = self.jobs["callback"].encode(), time.monotonic() + 30
        while time.monotonic() < until and not any(told in body for body in self.website.bodies):
            time.sleep(0.2)
        outcome.expect(any(told in body for body in self.website.bodies), "a callback never came")

    def credits_used(self, client: httpx2.Client) -> int:
        used: int = client.get("/usage/summary", headers=self.headers).raise_for_status().json()["credits_used"]
        return used


def picture(size: tuple[int, int]) -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, "PNG")
    return out.getvalue()


def submit(client: httpx2.Client, work: Work, name: str, settings: dict[str, object]) -> str:
    files = {"file": picture(SIZES[name])}
    upload = client.post("/upload", files=files, headers=work.headers).raise_for_status().json()
    asked = dict(settings)
    if name == "callback":
        asked["callback_url"] = f"http://127.0.0.1:{work.website.server_port}/ended"
    body = {"temp_file_ids": [upload["temp_file_id"]], "settings": asked}
    job: str = client.post("/auto", json=body, headers=work.headers).raise_for_status().json()["jobs"][0]["id"]
    return job


def wait_for_end(client: httpx2.Client, job_id: str, seconds: float = END_SECONDS) -> dict[str, str]:
    until, job = time.monotonic() + seconds, {"status": "unknown"}
    while time.monotonic() < until:
        try:
            job = client.get(f"/status/{job_id}").raise_for_status().json()["job"]
        except httpx2.HTTPError as error:
            job = {"status": f"unknown: {error}"}
        if job["status"] in ("completed", "failed", "expired"):
            break
        time.sleep(0.25)
    return job


def upload_directly(client: httpx2.Client, headers: dict[str, str]) -> str:
    """Uploads a file directly, without completing the upload."""
    data = picture((200, 150))
    body = {"filename": "a.png", "size": len(data)}
    form = client.post("/upload/presign", json=body, headers=headers).raise_for_status().json()
    httpx2.post(form["url"], data=form["fields"], files={"file": data}, trust_env=False).raise_for_status()
    upload_id: str = form["upload_id"]
    return upload_id


def complete(client: httpx2.Client, work: Work) -> int:
    body = {"upload_id": work.upload_id}
    return client.post("/upload/complete", json=body, headers=work.headers).status_code


def sign_in(world: World, page: str) -> Browser:
    browser = Browser()
    browser.open(page)
    browser.follow("Sign in")
    browser.sign_in(EMAIL, PASSWORD)
    return browser


def make_key(world: World) -> str:
    browser = sign_in(world, f"{world.cloud.url}/mcp/account")
    browser.submit("Create the key", value="chaos")
    return browser.text.split('id="key"')[1].split(">", 1)[1].split("<", 1)[0].strip()


def verify(client: httpx2.Client, key: str) -> int:
    return client.get("/api-keys/verify", headers={"Authorization": f"Bearer {key}"}).status_code


def approve(world: World, grant: dict[str, str]) -> bool:
    """Approves the device that requested access before, and checks its token."""
    browser = sign_in(world, f"{world.cloud.url}/mcp/authorize?code={grant['user_code']}")
    browser.submit("Approve")
    answer = world.client.get("/mcp/auth/token", params={"device_code": grant["device_code"]}).json()
    token = {"Authorization": f"Bearer {answer.get('mcp_token')}"}
    return bool(world.client.get("/mcp/auth/status", headers=token).json().get("logged_in"))
