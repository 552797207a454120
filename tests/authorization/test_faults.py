"""Each call to AWS of every operation fails once. The operation can be repeated and costs nothing until then."""

from collections import Counter, defaultdict
from itertools import cycle, product

import pytest
from httpx import Response

from imgopt.storage import clients
from imgopt.storage.attributes import unmarshal
from tests.authorization.changes import READS
from tests.authorization.identities import IDENTITIES
from tests.authorization.matrix import ROWS, Case, cases
from tests.authorization.requests import CaseRunner, Request
from tests.conftest import TABLE
from tests.faults.injection import Injection, Kind, injected
from tests.faults.shapes import SHAPES

ANSWERED: dict[str, list[Case]] = defaultdict(list)
for case in cases(ROWS, IDENTITIES):
    if case.status < 400 and not case.operation.startswith("OPTIONS"):
        ANSWERED[case.operation].append(case)
# They answer by a secret, once.
GIVING = {"GET /mcp/auth/token": "mcp_token", "POST /api-keys": '"key"', "POST /upload/presign": "session_token"}
# An operation that was executed although its answer was lost can't be executed again.
GONE = {"POST /mcp/auth/revoke": 401, "POST /mcp/sign-out": 403, "POST /mcp/account": 404, "DELETE /account": 403}
# Short forms of another operation: from where they are counted, they are that.
SHORT = ("POST /compress", "POST /resize", "POST /upscale", "POST /tag")
ALIKE = set(product(SHORT, (Kind.LOST, Kind.SILENCED)))
# They are charged each time, also for what they were asked before.
CHARGED = ("POST /auto", *SHORT, "POST /mcp")
# What is done for each of many resources is spoiled for the first of them.
ALIKE_CALLS = 3
shapes = cycle(SHAPES)


def ask(runner: CaseRunner, request: Request, injection: Injection) -> Response:
    with injected(injection):
        return runner.client.request(**request)


# Cleaning up looks at all that the others leave: it comes first.
IN_TURN = sorted(ANSWERED, key=lambda operation: operation != "POST /internal/cleanup")


@pytest.mark.parametrize(("operation", "kind"), [each for each in product(IN_TURN, Kind) if each not in ALIKE])
def test_an_operation_that_meets_a_fault_can_be_repeated(runner: CaseRunner, operation: str, kind: Kind):
    case = next((each for each in ANSWERED[operation] if each.named and each.named.owner), ANSWERED[operation][-1])
    calls = Injection.none()
    runner.changes.clear()
    ask(runner, runner.request_for(case), calls)
    is_charged = "CREDITS#" in str(runner.changes)
    assert is_charged or operation not in CHARGED
    runner.tidy_up(case, is_refused=False)
    for number, call in enumerate(calls.calls):
        if calls.calls[:number].count(call) >= ALIKE_CALLS or (kind is not Kind.REFUSED and call.startswith(READS)):
            continue  # the fault makes no difference to it
        shape = next(each for each in shapes if each.is_repeated or kind is not Kind.LOST)
        spoil(runner, case, Injection(number, kind, shape))
    if is_charged:
        assert_ledger_is_exact()


def spoil(runner: CaseRunner, case: Case, injection: Injection) -> None:
    """Asks while one call goes wrong and, where that could not be mended, once more."""
    request = runner.request_for(case)
    runner.changes.clear()
    answer = ask(runner, request, injection)
    told = f"{case} {injection} {answer.text[:300]}"
    assert answer.status_code in (case.status, 503), told
    texts = [answer.text]
    if answer.status_code == 503:
        assert int(answer.headers["Retry-After"]) > 0, told
        assert injection.kind is Kind.SILENCED or "CREDITS#" not in str(runner.changes), told
        again = ask(runner, request, Injection.none())
        gone = GONE.get(case.operation) if injection.kind is Kind.SILENCED else None
        assert again.status_code in (case.status, gone), f"{told} {again.text[:300]}"
        texts.append(again.text)
    if case.operation in GIVING:
        assert any(GIVING[case.operation] in text for text in texts), told
    runner.tidy_up(case, is_refused=False)


def assert_ledger_is_exact() -> None:
    """Asserts that the used credits are the sum of what the existing jobs were charged."""
    items = [unmarshal(item) for item in clients.dynamodb().scan(TableName=TABLE)["Items"]]
    charged: Counter[str] = Counter()
    for item in items:
        if item["sk"] == "JOB":
            charged[f"CREDITS#{item['owner']}"] += int(item.get("credits", 0)) - int(item.get("refunded", 0))
    used = Counter({item["pk"]: int(item["used"]) for item in items if item["pk"].startswith("CREDITS#")})
    assert +used == +charged
