"""Deleting an account: nothing remains, even after interruptions, and nobody else loses anything."""

import pytest

from functions.schedules import cleanup
from imgopt import clock
from imgopt.accounts import repository, users
from imgopt.errors import NotFound, Unavailable
from imgopt.retention import account_deletion
from imgopt.settings import settings
from imgopt.storage import clients, owned, table
from tests import pictures
from tests.billing.billing_setup import become_customer, set_up_billing
from tests.conftest import TABLE
from tests.handlers.conftest import Lambda
from tests.issuer import EMAIL, SUBJECT

BEN = {"sub": "ben", "email": "ben@example.com"}
PERIODIC = {"IDEMPOTENCY", "REMAINS"}


class Person:
    """A user with one of each: a completed and a waiting job, uploads, a key, a device, and a page session."""

    def __init__(self, client, issuer, **other: str) -> None:
        self.client, self.headers = client, issuer.bearer(**other)
        self.id = users.user_id_of(issuer.url, other.get("sub", SUBJECT))

    def upload(self) -> str:
        answer = self.client.post("/upload", files={"file": ("holiday.png", pictures.png())}, headers=self.headers)
        return answer.raise_for_status().json()["temp_file_id"]

    def submit(self, temp_file_id: str) -> str:
        body = {"temp_file_ids": [temp_file_id]}
        headers = {**self.headers, "Idempotency-Key": temp_file_id}
        return self.client.post("/auto", json=body, headers=headers).raise_for_status().json()["jobs"][0]["id"]

    def let_a_device_in(self) -> None:
        grant = self.client.post("/mcp/auth/device-code").json()
        self.client.post("/mcp/auth/approve", json={"user_code": grant["user_code"]}, headers=self.headers)
        self.client.get("/mcp/auth/token", params={"device_code": grant["device_code"]}).raise_for_status()

    def delete_account(self):
        return self.client.delete("/account", headers=self.headers)


@pytest.fixture
def fill(client, issuer, run_stages):
    def make(**other: str) -> Person:
        person = Person(client, issuer, **other)
        uploads = [person.upload() for _ in range(3)]
        run_stages(person.submit(uploads[0]))
        person.submit(uploads[1])
        client.post("/upload/presign", json={"size": 9}, headers=person.headers).raise_for_status()
        client.post("/api-keys", json={"name": "server"}, headers=person.headers).raise_for_status()
        person.let_a_device_in()
        return person

    return make


@pytest.fixture
def ada(fill) -> Person:
    return fill()


def items_of(person: Person, *marks: str) -> set[str]:
    """The kinds of all items in which the person's id is, or one of the marks."""
    items = clients.dynamodb().scan(TableName=TABLE)["Items"]
    kinds = {item["pk"]["S"].partition("#")[0] for item in items if any(m in str(item) for m in (person.id, *marks))}
    return kinds - PERIODIC


def clean_up() -> None:
    cleanup.handler({}, Lambda(seconds=60))


def test_account_has_items_of_each_kind_before_its_deletion(ada):
    kinds = {"USER", "JOB", "FILE", "AWAITED", "API_KEY", "USER_KEYS", "DEVICE_TOKEN", "USER_DEVICES"}
    assert items_of(ada) >= kinds | {"CREDITS", "USAGE", "SLOTS"}


def test_deletion_removes_most_of_an_account_at_once(ada, stored):
    answer = ada.delete_account()
    assert (answer.status_code, answer.json()) == (202, {"success": True})
    assert items_of(ada, EMAIL, "holiday") <= {"USER", "DEVICE_CODE"}
    assert (stored()["uploads"], stored()["results"]) == ([], [])
    assert EMAIL not in str(list(table.scan("USER")))


def test_credentials_of_a_deleted_account_are_refused_at_once(client, ada):
    key = client.post("/api-keys", json={"name": "n"}, headers=ada.headers).json()["key"]
    ada.delete_account()
    answers = [
        client.get("/usage/summary", headers=headers) for headers in (ada.headers, {"Authorization": f"Bearer {key}"})
    ]
    assert [answer.status_code for answer in answers] == [403, 401]
    assert answers[0].json() == {"detail": "This account is being deleted."}
    assert ada.delete_account().status_code == 403


def test_the_record_goes_with_the_first_cleaning_up_after_an_hour(ada, clock_at):
    ada.delete_account()
    for minutes, left in ((30, {"USER"}), (61, set())):
        clock_at(minutes=minutes)
        clean_up()
        assert items_of(ada) - {"DEVICE_CODE"} == left


def test_sign_in_after_deletion_makes_a_new_user(client, ada, clock_at):
    ada.delete_account()
    clock_at(minutes=61)
    clean_up()
    clock_at()
    answer = client.get("/usage/summary", headers=ada.headers).raise_for_status().json()
    assert answer["credits_remaining"] == 50


def test_data_of_other_users_stay_as_they_were(ada, fill, clock_at):
    ben = fill(**BEN)
    before = items_of(ben)
    ada.delete_account()
    clock_at(minutes=61)
    clean_up()
    clock_at()
    assert items_of(ben) == before
    assert len(owned.find_all(ben.id)) == 6


@pytest.mark.parametrize("broken", [0, 2, 5, 9])
def test_deletion_ends_though_storage_failed_in_between(ada, clock_at, monkeypatch, broken):
    """Storage stops answering at each of the deletions in turn; the next run continues."""
    calls = {"left": broken}
    delete = clients.dynamodb().delete_item

    def fails(**request):
        calls["left"] -= 1
        if calls["left"] < 0:
            raise Unavailable("Storage did not answer.")
        return delete(**request)

    with monkeypatch.context() as patch:
        patch.setattr(clients.dynamodb(), "delete_item", fails)
        assert ada.delete_account().status_code == 202
    clock_at(minutes=61)
    clean_up()
    assert items_of(ada, EMAIL, "holiday") <= {"DEVICE_CODE"}


def test_a_job_that_was_accepted_in_the_same_moment_goes_with_the_last_run(ada, clock_at):
    ada.delete_account()
    late = {**table.key("FILE", "late"), "id": "late", "user": ada.id, "key": "uploads/late", "sk": "FILE"}
    table.put(late)
    clock_at(minutes=61)
    clean_up()
    assert items_of(ada) <= {"DEVICE_CODE"}


def test_failed_deletion_keeps_no_other_account_waiting(ada, fill, clock_at, monkeypatch):
    ben = fill(**BEN)
    for each in (ada, ben):
        each.delete_account()
    clock_at(minutes=61)
    finish = account_deletion.finish_deletion

    def fails_for_ada(user_id: str) -> bool:
        if user_id == ada.id:
            raise RuntimeError("unexpected")
        return finish(user_id)

    monkeypatch.setattr(account_deletion, "finish_deletion", fails_for_ada)
    clean_up()
    assert "USER" in items_of(ada)
    assert "USER" not in items_of(ben)


def test_an_account_that_is_open_is_never_finished(ada):
    assert account_deletion.finish_deletion(ada.id) is False
    assert {"JOB", "API_KEY"} <= items_of(ada)


def test_unknown_user_can_not_be_deleted(aws):
    with pytest.raises(NotFound):
        account_deletion.begin_deletion("user-unknown")


class TestBilling:
    """Tests the subscription of a deleted account."""

    @pytest.fixture
    def stripe(self, monkeypatch, aws):
        with set_up_billing(monkeypatch) as double:
            yield double

    @pytest.fixture
    def customer(self, stripe, ada) -> str:
        made = become_customer(stripe, ada.id)
        stripe.world.subscribe(made)
        return made

    def test_a_subscription_ends_and_its_customer_is_deleted(self, stripe, ada, customer):
        ada.delete_account()
        clean_up()
        assert stripe.world.things[customer]["deleted"]
        assert {each["status"] for each in stripe.world.all("subscription")} == {"canceled"}
        assert not {"BILLING", "STRIPE_CUSTOMER"} & items_of(ada, customer)

    def test_customer_is_remembered_while_stripe_is_down(self, stripe, ada, customer, clock_at):
        ada.delete_account()
        stripe.failures += [500] * 3
        clean_up()
        assert {"BILLING", "USER"} <= items_of(ada)
        stripe.failures.clear()
        clock_at(minutes=61)
        clean_up()
        assert stripe.world.things[customer]["deleted"]
        assert items_of(ada, customer) <= {"DEVICE_CODE"}

    def test_customer_is_remembered_by_runs_without_billing_until_the_last(
        self, stripe, ada, customer, clock_at, monkeypatch
    ):
        """An operator's own machine, say. Where billing has been given up altogether, the last run forgets it."""
        ada.delete_account()
        monkeypatch.setenv("IMGOPT_STRIPE_API_KEY", "")
        settings.cache_clear()
        for minutes, is_remembered in ((1, True), (61, False)):
            clock_at(minutes=minutes)
            account_deletion.finish_deletion(ada.id)
            assert ("BILLING" in items_of(ada)) == is_remembered

    def test_a_customer_who_is_deleted_already_is_no_fault(self, stripe, ada, customer):
        stripe.world.delete(stripe.world.things[customer])
        ada.delete_account()
        clean_up()
        assert "BILLING" not in items_of(ada)

    def test_a_customer_of_another_account_of_stripes_is_not_forgotten(self, stripe, ada, customer):
        """Somebody may still pay there."""
        del stripe.world.things[customer]
        ada.delete_account()
        clean_up()
        assert "BILLING" in items_of(ada)


def test_a_record_says_since_when(ada):
    assert repository.deleting_since(ada.id) is None
    ada.delete_account()
    assert (clock.now() - repository.deleting_since(ada.id)).total_seconds() < 60
