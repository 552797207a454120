"""The request of each operation, and its consequences."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from functions.api.tinypng.paths import is_tinypng
from imgopt.accounts import sessions
from tests.authorization.environment import Environment
from tests.authorization.matrix import Case, Named
from tests.authorization.principals import ADA
from tests.authorization.resources import PICTURE, SIZE, UNKNOWN_RESOURCES, Resource
from tests.billing.billing_setup import SHOP
from tests.handlers.mcp.messages import NEWEST, message_of

Request = dict[str, Any]
ORDER = {"price_id": "price_pro", "success_url": f"{SHOP}/thanks", "cancel_url": f"{SHOP}/pricing"}
UNKNOWN, NO_RESOURCE = "unknown", Resource("")


def form(**fields: str) -> Request:
    """The form as Ada's page sends it."""
    token = sessions.form_token(ADA.page_session)
    return {"data": {**fields, "form_token": token}, "headers": {"Origin": "http://testserver"}}


def process(resource: Resource, _: Environment) -> Request:
    return {"json": {"temp_file_ids": [resource.id]}}


def call_tool(_: Resource, environment: Environment) -> Request:
    arguments = {"url": environment.image_url, "wait_seconds": 0}
    body, headers = message_of("tools/call", {"name": "optimize_image", "arguments": arguments}, NEWEST)
    return {"json": body, "headers": headers}


def name_jobs(resource: Resource, _: Environment) -> Request:
    return {"params": {"job_ids": resource.id}}


def name_code(resource: Resource, _: Environment) -> Request:
    return {"json": {"user_code": resource.id}}


REQUESTS: dict[str, Callable[[Resource, Environment], Request]] = {
    "POST /upload": lambda _, __: {"files": {"file": ("a.svg", PICTURE)}},
    "POST /upload/url": lambda _, environment: {"json": {"url": environment.image_url}},
    "POST /mcp": call_tool,
    "POST /upload/presign": lambda _, __: {"json": {"size": SIZE}},
    "POST /upload/complete": lambda resource, _: {"json": {"upload_id": resource.id}},
    "POST /auto": process,
    "POST /quote": process,
    "POST /compress": process,
    "POST /resize": lambda resource, _: {"json": {"temp_file_ids": [resource.id], "width": 5}},
    "POST /upscale": process,
    "POST /tag": process,
    "GET /status": name_jobs,
    "GET /status/stream": name_jobs,
    "GET /download": name_jobs,
    "POST /shrink": lambda _, __: {"content": PICTURE},
    "POST /output/{job_id}": lambda _, __: {"json": {"convert": {"type": "image/png"}}},
    "POST /process": lambda resource, _: {"json": {"job_id": resource.id, "input_path": resource.path, "settings": {}}},
    "POST /billing/checkout": lambda _, __: {"json": ORDER},
    "POST /webhooks/stripe": lambda _, environment: {"content": environment.event},
    "POST /api-keys": lambda _, __: {"json": {"name": "n"}},
    "GET /mcp/auth/token": lambda resource, _: {"params": {"device_code": resource.secret}},
    "POST /mcp/auth/approve": name_code,
    "POST /mcp/auth/deny": name_code,
    "GET /mcp/authorize": lambda resource, _: {"params": {"code": resource.id}},
    "POST /mcp/authorize": lambda resource, _: form(code=resource.id, decision="approve"),
    "GET /mcp/sign-in": lambda _, __: {},
    "GET /mcp/callback": lambda _, __: {"params": {"code": "invented", "state": "invented"}},
    "POST /mcp/sign-out": lambda _, __: form(),
    "GET /mcp/account": lambda _, __: {},
    "POST /mcp/account": lambda resource, _: form(action=resource.action, value=resource.id.replace("-", "")),
}
# They end the credential that they are asked with.
ENDING = ("POST /mcp/auth/revoke", "POST /mcp/sign-out")
# They end all that there is of who asks.
DELETING = ("DELETE /account",)
# They use up what they are asked about.
USING_UP = (
    *("DELETE /jobs/{job_id}", "DELETE /api-keys/{key_id}", "GET /mcp/auth/token"),
    *("POST /mcp/auth/approve", "POST /mcp/auth/deny", "POST /mcp/authorize", "POST /mcp/account"),
)


def token_in(headers: dict[str, str]) -> str:
    return headers.get("Authorization", "").rpartition(" ")[2] or headers.get("X-Session-Token", "")


def by_basic(token: str) -> dict[str, str]:
    """The same credential, as TinyPNG's clients send it."""
    return {"Authorization": f"Basic {b64encode(f'api:{token}'.encode()).decode()}"} if token else {}


@dataclass(frozen=True)
class Outcome:
    """`text` is all of the answer, headers too; `changes` what was written meanwhile."""

    status: int
    text: str
    changes: tuple[str, ...]


class CaseRunner:
    """Sends the requests. Each case is sent once, and several tests check its result."""

    def __init__(self, client: TestClient, environment: Environment, changes: list[str]) -> None:
        self.client, self.environment, self.changes = client, environment, changes
        self.outcomes: dict[Case, Outcome] = {}

    def ask(self, case: Case) -> Outcome:
        if case not in self.outcomes:
            self.outcomes[case] = self.send(case)
        return self.outcomes[case]

    def send(self, case: Case) -> Outcome:
        request, asked = self.request_for(case), len(self.environment.stripe.requests)
        self.changes.clear()
        answer = self.client.request(**request)
        changes = (*self.changes, *map(str, self.environment.stripe.requests[asked:]))
        self.tidy_up(case, answer.is_error)
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        return Outcome(answer.status_code, f"{headers}\n{answer.content.decode(errors='replace')}", changes)

    def request_for(self, case: Case) -> Request:
        resource = self.find(case.named)
        method, path = case.operation.split()
        request = REQUESTS.get(case.operation, lambda *_: {})(resource, self.environment)
        headers = {**request.get("headers", {}), **case.identity.headers(self.environment)}
        token = token_in(headers)
        return {
            **request,
            "method": method,
            "url": re.sub(r"\{\w+(:\w+)?\}", (token if path.startswith("/keys/") else resource.id) or UNKNOWN, path),
            "headers": by_basic(token) if is_tinypng(path) else headers,
        }

    def find(self, named: Named | None) -> Resource:
        if named is None:
            return NO_RESOURCE
        return (
            UNKNOWN_RESOURCES[named.kind] if named.whose == UNKNOWN else self.environment.find(named.kind, named.owner)
        )

    def tidy_up(self, case: Case, is_refused: bool) -> None:
        """The next case finds all as it was."""
        self.client.cookies.clear()
        if is_refused:
            return
        if case.operation in USING_UP and case.named and case.named.whose != UNKNOWN:
            self.environment.renew(case.named.kind, case.named.owner)
        if case.operation in DELETING or (case.named and case.named.kind == "account"):
            self.environment.bring_back(ADA)
        if case.operation in ENDING or (case.named and case.named.kind == "all sessions"):
            self.environment.let_in(ADA)
