"""The items of clients' lists are counted before they are processed."""

from urllib.parse import urlencode

import pytest

from functions.api import identifiers
from functions.api.app import build_app
from functions.api.requests import ProcessFilesRequest
from tests.work import count_calls

JOB = "00000000-0000-4000-8000-000000000000"
OPERATIONS = ("auto", "compress", "resize", "upscale", "tag")
# Every list that a request may hold has a test below.
COUNTED = {"job_ids", "temp_file_ids"}
LONGEST_QUERY = 60_000


def test_lists_of_requests_are_all_counted():
    document = build_app().openapi()
    asked = [operation for path in document["paths"].values() for operation in path.values()]
    queries = [each for operation in asked for each in operation.get("parameters", [])]
    bodies = [schema for name, schema in document["components"]["schemas"].items() if name.endswith("Request")]
    named = [(each["name"], each["schema"]) for each in queries]
    named += [item for schema in bodies for item in schema["properties"].items()]
    assert {name for name, schema in named if "array" in str(schema)} == COUNTED


@pytest.mark.parametrize("path", ["/status", "/status/stream", "/download"])
@pytest.mark.parametrize(
    "query", ["job_ids=" + "," * LONGEST_QUERY, "job_ids=a&" * 101, f"job_ids={JOB}," + JOB + f"&job_ids={JOB}" * 99]
)
def test_job_list_over_the_limit_is_a_single_error(client, path, query):
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 422
    (error,) = answer.json()["detail"]
    assert error["loc"] == ["query", "job_ids"]
    assert error["msg"].endswith("name 1 to 100 jobs")


def test_commas_are_counted_and_not_split():
    def split(values):
        with pytest.raises(ValueError, match="1 to 100"):
            identifiers.split_at_commas(values)

    assert count_calls(split, ["," * LONGEST_QUERY]) < 1000


def test_job_list_at_the_limit_is_accepted(client):
    by_commas = client.get(f"/status?{urlencode({'job_ids': ','.join([JOB] * 100)})}")
    assert (by_commas.status_code, by_commas.json()["total"]) == (200, 0)
    assert client.get("/status?" + f"job_ids={JOB}&" * 100).status_code == 200


@pytest.mark.parametrize("operation", OPERATIONS)
def test_invalid_uploads_are_a_single_error(client, operation):
    answer = client.post(f"/{operation}", json={"temp_file_ids": [1] * 50_000})
    assert answer.status_code == 422
    (error,) = answer.json()["detail"]
    assert error["loc"] == ["body", "temp_file_ids", 0]
    assert len(answer.content) < 1000


def test_upload_list_over_the_limit_is_refused_by_its_length(client):
    answer = client.post("/auto", json={"temp_file_ids": [""] * 50_000})
    assert answer.status_code == 422
    assert "not 50000" in answer.text


def test_the_schema_of_the_contract_stays():
    assert ProcessFilesRequest.model_json_schema()["properties"]["temp_file_ids"] == {
        "items": {"type": "string"},
        "title": "Temp File Ids",
        "type": "array",
    }
