"""Changing an owner's callback secret."""

import pytest

from imgopt.accounts import users
from imgopt.callbacks import owner_secrets, signing
from tests import pictures
from tests.issuer import SUBJECT

URL = "https://shop.example/hook"


@pytest.fixture
def user_id(issuer) -> str:
    return users.user_id_of(issuer.url, SUBJECT)


@pytest.fixture
def change(client, issuer):
    def send(**other: str) -> str:
        answer = client.post("/callback-secret/change", headers=issuer.bearer(**other)).raise_for_status()
        assert answer.headers["cache-control"] == "no-store"
        return answer.json()["callback_secret"]

    return send


def told(client, headers: dict) -> str:
    uploaded = client.post("/upload", files={"file": pictures.png()}, headers=headers).json()["temp_file_id"]
    body = {"temp_file_ids": [uploaded], "settings": {"callback_url": URL}}
    return client.post("/auto", json=body, headers=headers).raise_for_status().json()["callback_secret"]


def test_the_new_secret_is_told_from_then_on_and_the_one_before_goes_on_for_a_day(
    client, issuer, change, user_id, clock_at
):
    before = told(client, issuer.bearer())
    assert before == signing.derive_secrets(user_id)[0]
    after = change()
    assert told(client, issuer.bearer()) == after != before
    assert owner_secrets.secrets_of(user_id) == [after, before]
    clock_at(days=1, minutes=1)
    assert owner_secrets.secrets_of(user_id) == [after]


def test_secrets_differ_after_each_change(change, clock_at):
    made = []
    for minutes in (0, 2, 4):
        clock_at(minutes=minutes)
        made.append(change())
    assert len(set(made)) == 3


def test_changes_within_a_minute_count_once(change, user_id, clock_at):
    before = signing.derive_secrets(user_id)[0]
    first = change()
    clock_at(seconds=30)
    assert change() == first
    assert owner_secrets.secrets_of(user_id) == [first, before]


def test_secrets_of_other_users_do_not_change(change, issuer):
    other = users.user_id_of(issuer.url, "ben")
    change()
    assert owner_secrets.secrets_of(other) == [signing.derive_secrets(other)[0]]
