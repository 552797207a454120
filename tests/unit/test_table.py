"""Reading many items from a table that throttles."""

import pytest

from imgopt.errors import Unavailable
from imgopt.storage import table

KEYS = [table.key("THING", str(number)) for number in range(3)]


class Reluctant:
    """DynamoDB that answers one key at a time, and so many requests not at all."""

    def __init__(self, silent: int) -> None:
        self.silent, self.requests = silent, 0

    def batch_get_item(self, **request: dict) -> dict:
        self.requests += 1
        ((name, asked),) = request["RequestItems"].items()
        answered = 0 if self.requests <= self.silent else 1
        rest = {**asked, "Keys": asked["Keys"][answered:]}
        return {
            "Responses": {name: asked["Keys"][:answered]},
            "UnprocessedKeys": {name: rest} if rest["Keys"] else {},
        }


@pytest.fixture
def reluctant(environment, monkeypatch):
    def make(silent: int) -> Reluctant:
        client = Reluctant(silent)
        monkeypatch.setattr(table, "dynamodb", lambda: client)
        monkeypatch.setattr(table, "PAUSES", (0, 0, 0))
        return client

    return make


def test_unanswered_keys_are_requested_again(reluctant):
    client = reluctant(silent=1)
    assert table.get_many(KEYS) == KEYS
    assert client.requests == 4


def test_keys_that_are_never_answered_are_given_up(reluctant):
    client = reluctant(silent=1000)
    with pytest.raises(Unavailable):
        table.get_many(KEYS)
    assert client.requests == 4
