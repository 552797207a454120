"""Whatever is asked, sensible or not, the answer is one that the served document has."""

from hypothesis import HealthCheck
from hypothesis import settings as bounds
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from tests.contract.coercions import is_coerced
from tests.contract.rules import load

schema = load()
# What takes a user, and by which credential.
USERS = {
    "jwt": (
        *("GET /usage/history", "GET /usage/summary", "GET /api-keys", "POST /api-keys", "DELETE /api-keys/{key_id}"),
        *("POST /mcp/auth/approve", "POST /mcp/auth/deny"),
        *("POST /billing/checkout", "POST /billing/portal", "GET /billing/subscription"),
    ),
    "key": ("GET /api-keys/verify",),
}


@schema.parametrize()
@bounds(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_an_answer_is_as_documented(credentials, case):
    # Who may do what is asked by tests/authorization, of everybody.
    excused = [ignored_auth, *([negative_data_rejection] if is_coerced(case) else [])]
    kind = next((kind for kind, operations in USERS.items() if case.operation.label in operations), None)
    headers = {"Authorization": credentials[kind]} if kind else {}
    case.call_and_validate(excluded_checks=excused, headers=headers)
