"""The answer to any generated request conforms to the served document."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings as bounds

from tests.contract.coercions import is_coerced
from tests.contract.rules import load
from tests.contract.served import served_app

PATHS = served_app().openapi()["paths"]
OPERATIONS = [(method, path) for path, methods in PATHS.items() for method in methods]
# What takes a user, and by which credential.
USERS = {
    "jwt": (
        *("GET /usage/history", "GET /usage/summary", "GET /api-keys", "POST /api-keys", "DELETE /api-keys/{key_id}"),
        *("POST /mcp/auth/approve", "POST /mcp/auth/deny"),
        *("POST /billing/checkout", "POST /billing/portal", "GET /billing/subscription"),
    ),
    "key": ("GET /api-keys/verify",),
}


@bounds(deadline=None)
def validate(case: Any, headers: dict[str, str]) -> None:
    from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection  # as in rules.load

    # Who may do what is asked by tests/authorization, of everybody.
    excused = [ignored_auth, *([negative_data_rejection] if is_coerced(case.operation.label, case.body) else [])]
    case.call_and_validate(excluded_checks=excused, headers=headers)


def made_up_requests(method: str, path: str) -> Callable[..., None]:
    """Sends them all to one operation. They are made here: at collection each process would make those of all."""
    from schemathesis.generation.feedback import FeedbackSources  # as in rules.load
    from schemathesis.pytest._test_builder import build_operation_test
    from schemathesis.python._constants.orchestrator import make_constants_value_source

    schema = load()
    feedback = FeedbackSources(constants_value_source=make_constants_value_source(schema))
    return build_operation_test(
        config=schema.config, operation=schema[path][method], test_func=validate, given_kwargs={}, feedback=feedback
    )


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_answer_is_as_documented(credentials, method, path):
    label = f"{method.upper()} {path}"
    kind = next((kind for kind, operations in USERS.items() if label in operations), None)
    send = made_up_requests(method, path)
    send(headers={"Authorization": credentials[kind]} if kind else {})
