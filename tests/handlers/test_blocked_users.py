"""Blocked users: each of their credentials is refused, until they are unblocked."""

import pytest

from imgopt.accounts import access, api_keys, repository, users
from imgopt.accounts.model import Access
from imgopt.devices import repository as device_store
from imgopt.devices import tokens
from imgopt.errors import NotFound
from imgopt.storage import table
from tests.handlers.pages.browser import PAGE, Browser, title
from tests.issuer import SUBJECT

TOLD = "This account is blocked. Ask the operator of this service."


@pytest.fixture
def user_id(client, issuer) -> str:
    client.get("/usage/summary", headers=issuer.bearer()).raise_for_status()
    return users.user_id_of(issuer.url, SUBJECT)


@pytest.fixture
def bearers(issuer, user_id) -> dict[str, str]:
    """Returns a JWT, a device's token and an API key of the user."""
    record, token = tokens.make_token(user_id)
    table.put(table.to_item(record, device_store.TOKEN, record.token_hash, record.expires_at))
    return {"jwt": issuer.token(), "device": token, "key": api_keys.create(user_id, "server")[1]}


@pytest.fixture
def ask(client, bearers):
    """Status and answer to each bearer."""

    def send() -> dict[str, tuple[int, str | None]]:
        answers = {
            name: client.get("/usage/summary", headers={"Authorization": f"Bearer {bearer}"})
            for name, bearer in bearers.items()
        }
        return {name: (each.status_code, each.json().get("detail")) for name, each in answers.items()}

    return send


def test_blocked_user_is_refused_by_every_credential(ask, user_id):
    access.block_user(user_id)
    assert ask() == dict.fromkeys(("jwt", "device", "key"), (403, TOLD))


def test_unblocked_user_has_all_credentials(ask, user_id):
    access.block_user(user_id)
    access.unblock_user(user_id)
    assert set(ask().values()) == {(200, None)}


def test_a_page_says_so_and_a_new_sign_in_is_refused(client, issuer, user_id):
    browser = Browser(client, issuer)
    assert browser.sign_in().status_code == 303
    access.block_user(user_id)
    for answer in (browser.open(PAGE), browser.sign_in()):
        assert (answer.status_code, title(answer)) == (403, "That did not work")
        assert TOLD in answer.text


def test_the_status_of_a_blocked_user_is_that_of_nobody(client, bearers, user_id):
    access.block_user(user_id)
    answer = client.get("/mcp/auth/status", headers={"Authorization": f"Bearer {bearers['device']}"}).json()
    assert (answer["logged_in"], "email" in answer) == (False, False)


@pytest.mark.parametrize("change", [access.block_user, access.unblock_user])
def test_doing_so_twice_changes_nothing(user_id, change):
    access.block_user(user_id)
    for _ in range(2):
        change(user_id)
    expected = Access.BLOCKED if change is access.block_user else Access.OPEN
    assert repository.find_user(user_id).access is expected


@pytest.mark.parametrize("change", [access.block_user, access.unblock_user])
def test_unknown_user_can_not_be_blocked(aws, change):
    with pytest.raises(NotFound):
        change("user-unknown")


def test_a_record_from_before_is_open(ask, user_id):
    item = table.get(table.key("USER", user_id))
    table.put({name: value for name, value in item.items() if name != "access"})
    assert {status for status, _ in ask().values()} == {200}
    access.block_user(user_id)
    assert {status for status, _ in ask().values()} == {403}


def test_users_are_found_by_their_address_however_it_is_written(issuer, user_id):
    assert [each.id for each in repository.find_users(issuer.person["email"].upper())] == [user_id]
    assert list(repository.find_users("other@example.com")) == []
