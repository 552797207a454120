"""Bodies that are well-formed and out of all proportion: refused or taken, never a failure of ours."""

import pytest
from fastapi.testclient import TestClient

from functions.api.app import build_app
from tests.contract.known import TOKEN, UPLOAD

DEEP, DEEPER = ("[" * depth + "]" * depth for depth in (5000, 100_000))
MANY_DIGITS = "9" * 4000


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/auto", f'{{"temp_file_ids": {DEEP}}}', 422),
        ("/auto", f'{{"temp_file_ids": {DEEPER}}}', 400),
        ("/auto", f'{{"temp_file_ids": ["a"], "settings": {{"output_width": {MANY_DIGITS}}}}}', 422),
        ("/auto", f'{{"temp_file_ids": ["a"], "settings": {{"output_width": {MANY_DIGITS * 2}}}}}', 400),
        ("/compress", f'{{"temp_file_ids": ["{UPLOAD}"], "target_file_size": {MANY_DIGITS}}}', 200),
        ("/upload/presign", f'{{"size": 1, "filename": "{"a" * 900_000}.png"}}', 200),
        ("/upload/presign", '{"size": 1, "filename": "\\ud800.png"}', 200),
        ("/upload/presign", f'{{"size": {MANY_DIGITS}}}', 413),
    ],
)
def test_a_body_out_of_proportion_is_answered(service, path, body, status):
    client = TestClient(build_app(), raise_server_exceptions=False)
    headers = {"Content-Type": "application/json", "X-Session-Token": TOKEN}
    answer = client.post(path, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()
