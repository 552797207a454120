"""The limits of a request's cost: answers and parsed forms stay small."""

import json

import pytest

from functions.api.errors import MOST_SHOWN_ERRORS
from tests import pictures


def ask(client, content: bytes, path: str = "/auto"):
    return client.post(path, content=content, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    "value",
    [
        "[" + "0," * 100_000 + "0]",
        "[" + "[]," * 80_000 + "[]]",
        json.dumps({str(number): 0 for number in range(15_000)}),
        json.dumps("a" * 250_000),
    ],
)
def test_a_large_request_has_a_small_answer(client, value):
    answer = ask(client, f'{{"temp_file_ids": {value}}}'.encode())
    assert answer.status_code == 422
    assert len(answer.content) < 20_000
    assert answer.json()["detail"][0]["loc"][:2] == ["body", "temp_file_ids"]


def test_a_small_request_has_its_input_in_the_answer(client):
    answer = ask(client, b'{"temp_file_ids": [7]}')
    assert answer.json()["detail"][0]["input"] == 7


def test_errors_told_of_a_request_are_limited(client):
    answer = ask(client, json.dumps({"temp_file_ids": list(range(200))}).encode())
    assert 1 <= len(answer.json()["detail"]) <= MOST_SHOWN_ERRORS


@pytest.mark.parametrize("kind", ["text", "file"])
def test_a_form_of_many_parts_is_refused_and_nothing_of_it_is_kept(client, stored, kind):
    before = stored()
    image = pictures.png()
    parts = [(f"part{number}", ("a.png", image) if kind == "file" else (None, "text")) for number in range(100)]
    answer = client.post("/upload", files=[*parts, ("file", ("a.png", image))])
    assert answer.status_code == 400
    assert "Too many" in answer.json()["detail"]
    assert stored() == before


def test_a_part_with_many_headers_is_refused(client):
    headers = {f"X-{number}": "a" for number in range(1000)}
    answer = client.post("/upload", files={"file": ("a.png", pictures.png(), "image/png", headers)})
    assert answer.status_code == 400
