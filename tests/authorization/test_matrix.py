"""Every operation, called by every identity on its own and on others' resources. matrix.txt has the results."""

from collections import defaultdict

import pytest

from functions.api.app import ROUTERS
from tests.authorization.identities import BESIDE, IDENTITIES
from tests.authorization.matrix import NONE_OF_THAT_KIND, ROWS, Case, cases
from tests.authorization.requests import CaseRunner
from tests.contract.served import served_app

# In one environment.
CASES = list(cases(ROWS, IDENTITIES))
BESIDES = list(cases([row for row in ROWS if row.is_for_bearers], BESIDE))
BY_OPERATION: dict[str, list[Case]] = defaultdict(list)
for case in CASES + BESIDES:
    BY_OPERATION[case.operation].append(case)
# It gives a token, once.
GIVING = ("GET /mcp/auth/token",)
# There is nothing to do: the job is completed, nothing has expired, no day is over, the event is about nobody, and a
# quote is an answer alone.
IDLE = (
    *("POST /process", "POST /internal/cleanup", "POST /internal/refresh-daily-credits", "POST /webhooks/stripe"),
    "POST /quote",
)
# What is for sale: whose price it is, is not told.
PRICE_LISTS = ("GET /app", "GET /config")
# What somebody is told of themselves. Programs that were let in are called like files here.
TOLD = {
    "GET /app": {"e-mail address"},
    "GET /status/{job_id}": {"file name"},
    "GET /download/{job_id}": {"file name"},
    "GET /api-keys": {"API key", "id of the API key", "name of the API key"},
    "GET /keys/{key}": {"e-mail address"},
    "GET /mcp/auth/status": {"e-mail address"},
    "GET /mcp/auth/token": {"e-mail address"},
    "GET /mcp/authorize": {"e-mail address"},
    "GET /mcp/delete-account": {"e-mail address"},
    "GET /mcp/account": {"e-mail address", "API key", "name of the API key", "file name"},
}


def served() -> set[str]:
    """Returns all operations of the document, and the undocumented ones, without preflights."""
    paths = served_app().openapi()["paths"]
    described = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    routes = [route for router in ROUTERS for route in router.routes if not route.include_in_schema]
    hidden = {f"{method} {route.path}" for route in routes for method in route.methods - {"OPTIONS"}}
    return described | hidden


def test_the_table_has_all_operations_and_no_others():
    assert {row.operation for row in ROWS} == served(), "tests/authorization/matrix.txt has rows for each operation"


def test_the_table_has_all_identities():
    assert all(row.statuses.keys() == IDENTITIES.keys() for row in ROWS)


def test_status_is_empty_for_impossible_requests_alone():
    for row in ROWS:
        for column, members in IDENTITIES.items():
            can_be_asked = any(row.named(identity) for identity in members)
            assert can_be_asked == (row.statuses[column] != NONE_OF_THAT_KIND), (row, column)


@pytest.mark.parametrize("operation", BY_OPERATION)
def test_identities_are_answered_as_the_table_says(runner: CaseRunner, operation: str):
    cases = [case for case in CASES if case.operation == operation]
    assert {str(case): runner.ask(case).status for case in cases} == {str(case): case.status for case in cases}


@pytest.mark.parametrize("operation", sorted({case.operation for case in BESIDES}))
def test_session_tokens_are_ignored_beside_an_authorization_header(runner: CaseRunner, operation: str):
    cases = [case for case in BESIDES if case.operation == operation]
    assert {str(case): runner.ask(case).status for case in cases} == {str(case): case.status for case in cases}


@pytest.mark.parametrize("operation", BY_OPERATION)
def test_no_answer_tells_of_others(runner: CaseRunner, operation: str):
    for case in BY_OPERATION[operation]:
        found = [mark for mark in forbidden(runner, case) if mark in runner.ask(case).text]
        assert not found, case


@pytest.mark.parametrize(("operation", "names"), TOLD.items())
def test_answers_name_the_principals_own_resources(runner: CaseRunner, operation: str, names: set[str]):
    """Without this, the test of others' resources could miss them in an answer."""
    found = set()
    for case in BY_OPERATION[operation]:
        text, owner = runner.ask(case).text, case.identity.owner
        found |= {name for name, mark in runner.environment.marks.get(owner, {}).items() if mark in text}
    assert found == names


@pytest.mark.parametrize("operation", BY_OPERATION)
def test_refused_requests_change_nothing(runner: CaseRunner, operation: str):
    for case in BY_OPERATION[operation]:
        outcome = runner.ask(case)
        assert outcome.status < 400 or not outcome.changes, case


@pytest.mark.parametrize("operation", BY_OPERATION)
def test_allowed_requests_make_changes(runner: CaseRunner, operation: str):
    """Without this, the test of forbidden requests could miss a change."""
    changes = any(runner.ask(case).changes for case in BY_OPERATION[operation] if case.status < 400)
    assert changes == (operation in GIVING or (operation.startswith(("POST", "DELETE")) and operation not in IDLE))


def forbidden(runner: CaseRunner, case: Case) -> list[str]:
    """Returns the data of all principals that the request doesn't prove to be. The answer must not contain them."""
    return [
        mark
        for principal, marks in runner.environment.marks.items()
        for name, mark in marks.items()
        if not (principal == case.identity.owner and case.identity.proves)
        and not (name == "price" and case.operation in PRICE_LISTS)
        and not (case.named and principal == case.named.owner and name in shown(case))
    ]


def shown(case: Case) -> tuple[str, ...]:
    """Who has a job's or a guest's upload's id may see what it is of; who has a device's code becomes its user."""
    if case.status == 200 and case.operation == "GET /mcp/auth/token":
        return ("e-mail address",)
    return ("file name",) if case.status == 200 and case.named and case.named.kind in ("job", "upload") else ()
