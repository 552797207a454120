import json

import pytest

from imgopt import errors
from imgopt.jobs.model import TIMED_OUT
from imgopt.workflow.reasons import CRASHED, UNEXPLAINED, public_reason


@pytest.mark.parametrize("name", sorted(errors.PUBLIC_NAMES))
def test_public_errors_are_told_to_the_client(name):
    cause = json.dumps({"errorType": name, "errorMessage": "The PNG file is damaged.", "stackTrace": ["secret.py"]})
    assert public_reason(name, cause) == "The PNG file is damaged."


@pytest.mark.parametrize("name", ["KeyError", "FAILED"])
def test_unexpected_errors_are_not_told_to_the_client(name):
    assert public_reason(name, '{"errorMessage": "/var/task/secret.py"}') == UNEXPLAINED


@pytest.mark.parametrize("name", ["Runtime.ExitError", "Lambda.Unknown"])
def test_a_function_that_died_again_and_again_is_told_as_such(name):
    assert public_reason(name, '{"errorMessage": "/var/task/secret.py"}') == CRASHED


@pytest.mark.parametrize("name", ["States.Timeout", "Sandbox.Timedout", "TIMED_OUT"])
def test_a_timeout_is_told_as_such(name):
    assert public_reason(name, "") == TIMED_OUT


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("Runtime.OutOfMemory", "{}"),
        ("Runtime.ExitError", '{"errorMessage": "RequestId: 1 Error: Runtime exited with error: signal: killed"}'),
    ],
)
def test_a_function_without_memory_left_is_told_as_such(name, cause):
    assert "memory" in public_reason(name, cause)
