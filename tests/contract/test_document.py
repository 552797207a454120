"""What the served document says beside the contract."""

import pytest
from fastapi.testclient import TestClient

from functions.api.response_docs import RESPONSES
from tests.contract.served import served_app

APP = served_app()
PATHS = APP.openapi()["paths"]
OPERATIONS = {f"{method.upper()} {path}": each for path, methods in PATHS.items() for method, each in methods.items()}
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}


def test_every_operation_has_its_line_in_the_table_of_answers():
    assert set(RESPONSES) == {name for name in OPERATIONS if not name.startswith("OPTIONS")}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_refusal_is_json_with_a_detail(name):
    refusals = {status: each for status, each in OPERATIONS[name]["responses"].items() if status >= "400"}
    refusals.pop("422", None)
    assert all(each["content"] == {"application/json": PROBLEM} for each in refusals.values())


def test_description_of_422_says_where_settings_can_be_at_fault():
    assert "can't be carried out" in OPERATIONS["POST /auto"]["responses"]["422"]["description"]
    assert OPERATIONS["GET /usage/history"]["responses"]["422"]["description"] == "Validation Error"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("GET /download/{job_id}", "image/*"),
        ("GET /status/stream", "text/event-stream"),
        ("GET /status/{job_id}/stream", "text/event-stream"),
    ],
)
def test_media_types_other_than_json_stand_beside_the_promised_json(name, media_type):
    assert set(OPERATIONS[name]["responses"]["200"]["content"]) == {"application/json", media_type}


def test_the_document_stays_the_same_however_often_it_is_asked_for():
    assert APP.openapi() == APP.openapi()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/auto", "POST"),
        ("DELETE", "/upload", "POST, OPTIONS"),
        ("POST", "/download/3f1f2c9e-0000-4000-8000-000000000000", "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/download/3f1f2c9e-0000-4000-8000-000000000000", "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/download/3f1f2c9e-0000-4000-8000-000000000000/url", "GET, OPTIONS"),
    ],
)
def test_a_path_names_all_of_its_methods(method, path, allowed):
    assert TestClient(APP).request(method, path).headers["allow"] == allowed


@pytest.mark.parametrize(
    ("name", "schemes"),
    [
        ("POST /upload", [["bearer"], ["session"], []]),
        ("POST /auto", [["bearer"], ["session"], []]),
        ("GET /usage/summary", [["bearer"], ["session"]]),
        ("POST /api-keys", [["bearer"]]),
        ("POST /internal/cleanup", [["scheduler"]]),
        ("GET /status/{job_id}", None),
    ],
)
def test_generated_clients_know_which_credentials_are_taken(name, schemes):
    found = OPERATIONS[name].get("security")
    assert (found and [list(each) for each in found]) == schemes
    assert {scheme for each in found or () for scheme in each} <= APP.openapi()["components"]["securitySchemes"].keys()


def test_generated_clients_know_that_a_file_is_binary():
    file = APP.openapi()["components"]["schemas"]["Body_upload_file_upload_post"]["properties"]["file"]
    assert file["format"] == "binary"
