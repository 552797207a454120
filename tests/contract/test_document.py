"""The parts of the served document that the contract does not have."""

import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import Draft202012Validator

from functions.api.examples import OBJECT_EXAMPLES
from functions.api.field_docs import FIELDS
from functions.api.response_docs import RESPONSES
from imgopt.imaging.options import ProcessingSettings
from tests.contract.served import served_app

APP = served_app()
PATHS = APP.openapi()["paths"]
OPERATIONS = {f"{method.upper()} {path}": each for path, methods in PATHS.items() for method, each in methods.items()}
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}


def test_every_operation_has_its_line_in_the_table_of_answers():
    described = {name for name in OPERATIONS if not name.startswith("OPTIONS")}
    assert set(RESPONSES) == described, "functions/api/response_docs.py has the table"


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_refusal_is_json_with_a_detail(name):
    refusals = {status: each for status, each in OPERATIONS[name]["responses"].items() if status >= "400"}
    refusals.pop("422", None)
    assert all(each["content"] == {"application/json": PROBLEM} for each in refusals.values())


def test_description_of_422_says_where_settings_can_be_at_fault():
    assert "can't be applied" in OPERATIONS["POST /auto"]["responses"]["422"]["description"]
    assert OPERATIONS["GET /usage/history"]["responses"]["422"]["description"] == "Validation Error"


@pytest.mark.parametrize(
    ("name", "media_types"),
    [
        ("GET /download/{job_id}", {"application/octet-stream", "image/*"}),
        ("GET /download", {"application/octet-stream", "application/zip"}),
        ("GET /status/stream", {"text/event-stream"}),
        ("GET /status/{job_id}/stream", {"text/event-stream"}),
    ],
)
def test_files_and_streams_are_not_called_json(name, media_types):
    assert set(OPERATIONS[name]["responses"]["200"]["content"]) == media_types


@pytest.mark.parametrize("name", RESPONSES)
def test_every_answer_of_json_has_its_fields(name):
    answers = [
        each["content"]
        for status, each in OPERATIONS[name]["responses"].items()
        if status < "300" and "content" in each
    ]
    schemas = [content["application/json"]["schema"] for content in answers if "application/json" in content]
    told = f"ANSWER_MODELS in functions/api/answer_schemas.py has no model of {name}"
    assert [each for each in schemas if not {"$ref", "allOf"} & set(each)] == [], told


@pytest.mark.parametrize("name", ["POST /mcp/auth/approve", "POST /mcp/auth/deny"])
def test_generated_clients_can_decide_on_a_code(name):
    schema = OPERATIONS[name]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["required"] == ["user_code"]


def test_accepted_jobs_are_jobs():
    accepted = APP.openapi()["components"]["schemas"]["ProcessFilesResponse"]["properties"]["jobs"]["items"]
    assert accepted["allOf"] == [{"$ref": "#/components/schemas/JobResponse"}]


def test_every_field_is_described():
    schemas = APP.openapi()["components"]["schemas"]
    fields = [
        (name, field, part) for name, each in schemas.items() for field, part in each.get("properties", {}).items()
    ]
    undescribed = [(name, field) for name, field, part in fields if not part.get("description")]
    assert undescribed == [], "functions/api/field_docs.py describes them, or the model itself"


def test_every_parameter_is_described():
    parameters = [(name, part) for name, each in OPERATIONS.items() for part in each.get("parameters", ())]
    assert [(name, part["name"]) for name, part in parameters if not part.get("description")] == []


def test_the_table_of_fields_has_no_others():
    schemas = APP.openapi()["components"]["schemas"]
    served = {f"{name}.{field}" for name, each in schemas.items() for field in each.get("properties", {})}
    served |= {field.partition(".")[2] for field in served}
    assert FIELDS.keys() - served == set()


def test_generated_clients_can_send_all_settings():
    assert set(APP.openapi()["components"]["schemas"]["ProcessingSettings"]["properties"]) == set(
        ProcessingSettings.model_fields
    )


def test_every_operation_has_a_short_name_of_its_own():
    names = {name: each.get("x-operation-name") for name, each in OPERATIONS.items() if not name.startswith("OPTIONS")}
    nameless = [name for name, each in names.items() if each is None]
    assert nameless == [], "functions/api/operation_names.py names them"
    assert len(set(names.values())) == len(names)


def test_every_tag_is_described_and_named_once():
    assert all(len(each["tags"]) == len(set(each["tags"])) for each in OPERATIONS.values())
    used = {tag for each in OPERATIONS.values() for tag in each["tags"]}
    assert used == {each["name"] for each in APP.openapi()["tags"]}


@pytest.mark.parametrize("name", OBJECT_EXAMPLES)
def test_examples_fit_their_schemas(name):
    document = APP.openapi()
    schema = {**document["components"]["schemas"][name], "components": document["components"]}
    for each in schema.pop("examples"):
        Draft202012Validator(schema, validate_formats=True).validate(each)


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
        ("GET /status/{job_id}", []),
    ],
)
def test_generated_clients_know_which_credentials_are_taken(name, schemes):
    found = OPERATIONS[name]["security"]
    assert [list(each) for each in found] == schemes
    assert {scheme for each in found for scheme in each} <= APP.openapi()["components"]["securitySchemes"].keys()


def test_generated_clients_know_that_a_file_is_binary():
    file = APP.openapi()["components"]["schemas"]["Body_upload_file_upload_post"]["properties"]["file"]
    assert file["format"] == "binary"
