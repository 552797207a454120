"""Whatever is asked, sensible or not, the answer is one that the served document has."""

import pytest
from hypothesis import settings as bounds
from schemathesis import Case
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

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
def validate(case: Case, headers: dict[str, str]) -> None:
    # Who may do what is asked by tests/authorization, of everybody.
    excused = [ignored_auth, *([negative_data_rejection] if is_coerced(case) else [])]
    case.call_and_validate(excluded_checks=excused, headers=headers)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_answer_is_as_documented(credentials, method, path):
    """Requests are made up here: as tests are collected, each process would make up all of them."""
    schema = load()
    operation = schema[path][method]
    kind = next((kind for kind, operations in USERS.items() if operation.label in operations), None)
    ask = build_operation_test(
        config=schema.config,
        operation=operation,
        test_func=validate,
        given_kwargs={},
        feedback=FeedbackSources(constants_value_source=make_constants_value_source(schema)),
    )
    ask(headers={"Authorization": credentials[kind]} if kind else {})
