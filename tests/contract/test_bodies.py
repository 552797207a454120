"""Well-formed bodies of extreme shape: they are refused or accepted, and never cause a server error."""

import pytest
from fastapi.testclient import TestClient

from functions.api.app import build_app
from tests.contract.fixtures import TOKEN, UPLOAD

DEEP, DEEPER = ("[" * depth + "]" * depth for depth in (5000, 100_000))
MANY_DIGITS = "9" * 4000


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/auto", f'{{"temp_file_ids": ["a"], "settings": {{"output_width": {MANY_DIGITS}}}}}', 422),
        ("/auto", f'{{"temp_file_ids": ["a"], "settings": {{"output_width": {MANY_DIGITS * 2}}}}}', 400),
        ("/compress", f'{{"temp_file_ids": ["{UPLOAD}"], "target_file_size": {MANY_DIGITS}}}', 200),
        ("/upload/presign", f'{{"size": 1, "filename": "{"a" * 200_000}.png"}}', 200),
        ("/upload/presign", '{"size": 1, "filename": "\\ud800.png"}', 200),
        ("/upload/presign", f'{{"size": {MANY_DIGITS}}}', 413),
    ],
)
def test_a_body_out_of_proportion_is_answered(service, path, body, status):
    answer = send(path, body)
    assert answer.status_code == status
    assert answer.json()


@pytest.mark.parametrize("nested", [DEEP, DEEPER])
def test_a_body_nested_out_of_proportion_is_refused(service, nested):
    """Either the JSON parser refuses the body or our code after it; that depends on Python's version."""
    answer = send("/auto", f'{{"temp_file_ids": {nested}}}')
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


def send(path: str, body: str):
    client = TestClient(build_app(), raise_server_exceptions=False)
    return client.post(path, content=body, headers={"Content-Type": "application/json", "X-Session-Token": TOKEN})
