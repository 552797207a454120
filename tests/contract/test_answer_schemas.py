"""The answers of routes that return plain objects have exactly the fields of their models in the document."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import Draft202012Validator
from pydantic import BaseModel

from functions.api.answer_schemas import ANSWER_MODELS, OutputResponse, TaskResponse
from imgopt.imaging.artifact import Candidate, Upscaling
from imgopt.imaging.options import OutputSettings, ProcessingSettings
from imgopt.jobs.completion import completion_event, show_outputs
from imgopt.jobs.model import JobStatus
from imgopt.settings import settings
from tests.contract.fixtures import DEVICE_CODE, RESULT, UPLOAD, job, uploaded
from tests.contract.served import served_app

SECRET = "a-secret-with-32-characters-or-so"


# What is asked of each operation, for an answer.
SENT: dict[str, dict[str, Any]] = {
    "GET /": {},
    "GET /health": {},
    "GET /readiness": {},
    "GET /config": {},
    "GET /billing/subscription": {},
    "GET /usage/history": {},
    "GET /usage/summary": {},
    "POST /internal/cleanup": {},
    "POST /internal/refresh-daily-credits": {},
    "POST /mcp/auth/device-code": {},
    "GET /mcp/auth/token": {"params": {"device_code": DEVICE_CODE}},
    "POST /mcp/auth/approve": {"json": {"user_code": "TINI-2345-6789"}},
    "POST /mcp/auth/deny": {"json": {"user_code": "TINI-2345-6789"}},
    "GET /mcp/auth/status": {},
}
# Which need more than a request of a user.
SENT_ELSEWHERE = {"POST /process", "POST /webhooks/stripe", "POST /mcp/auth/revoke"}


@pytest.fixture
def client(credentials, monkeypatch):
    monkeypatch.setenv("IMGOPT_SCHEDULER_SECRET", SECRET)
    settings.cache_clear()
    return TestClient(served_app(), headers={"Authorization": credentials["jwt"], "X-CloudScheduler": SECRET})


@pytest.mark.parametrize(("operation", "sent"), SENT.items())
def test_an_answer_is_as_its_model(client, operation, sent):
    answer = client.request(*operation.split(), **sent).raise_for_status()
    check(ANSWER_MODELS[f"{operation} {answer.status_code}"], answer.json())


def test_answers_of_all_operations_with_a_model_are_compared():
    modelled = {name.rpartition(" ")[0] for name in ANSWER_MODELS}
    assert modelled == SENT.keys() | SENT_ELSEWHERE, "SENT above has a request for each"


def test_a_device_that_was_let_in_is_told_of_its_user(client):
    client.post("/mcp/auth/approve", json={"user_code": "TINI-2345-6789"}).raise_for_status()
    answer = client.get("/mcp/auth/token", params={"device_code": DEVICE_CODE}).json()
    assert answer["status"] == "approved"
    check(ANSWER_MODELS["GET /mcp/auth/token 200"], answer)


@pytest.mark.usefixtures("aws")
def test_several_results_of_a_task_are_as_their_models():
    upscaling = Upscaling("a", "cpu", 1.5, 1)
    artifact = {"upscaling": upscaling, "candidates": (Candidate("webp", 9, 80.1, 4),)}
    done = with_two_results(artifact)
    check(TaskResponse, {"success": True, **completion_event(done)})
    outputs = show_outputs(done)
    assert outputs is not None
    for each in outputs:
        check(OutputResponse, each)


def with_two_results(artifact: dict[str, Any]) -> Any:
    done = job(uploaded(UPLOAD), JobStatus.COMPLETED)
    options = ProcessingSettings(outputs=(OutputSettings(output_width=9), OutputSettings(output_width=8)))
    return replace(done, options=options, result=replace(RESULT, **artifact, others=(RESULT,)))


def check(model: type[BaseModel], answer: object) -> None:
    document = deepcopy(served_app().openapi())
    for schema in document["components"]["schemas"].values():
        schema.setdefault("additionalProperties", False)
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    Draft202012Validator({**reference, "components": document["components"]}, validate_formats=True).validate(answer)
