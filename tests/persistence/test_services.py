from types import SimpleNamespace

import pytest

from local.persistence.journal import Journal, NotStored
from local.persistence.services import Services
from tests.persistence.conftest import CODEC, DynamoDb, Scoped, Sqs


class Plain(SimpleNamespace):
    """A service with a state of its own; `taken` counts how often it was asked for it."""

    taken = 0

    def get_state(self) -> dict:
        self.taken += 1
        return {"value": self.value}

    def load_persisted_state(self, state: dict) -> None:
        self.value = state["value"]


@pytest.fixture
def services(journal, space) -> Services:
    services = Services(CODEC, journal, space)
    services.modules = {"sqs": Sqs(), "iam": Plain(value=1), "cloudformation": Plain(value=1, _stacks=Scoped())}
    services.install()
    return services


def restored(tmp_path, space, **modules) -> dict:
    services = Services(CODEC, Journal(tmp_path / "state.db"), space)
    services.restore(modules.__getitem__)
    return modules


def test_a_message_is_there_again_once_its_sending_was_answered(services, tmp_path, space):
    services.touched.add("cloudformation")
    services.save_touched()
    assert services.modules["sqs"].ask("SendMessage", "m") == 200
    found = restored(tmp_path, space, sqs=Sqs(), iam=Plain(value=0), cloudformation=Plain(value=0))
    assert [each["id"] for each in found["sqs"].messages] == ["m"]
    assert found["iam"].value == 1


def test_a_message_that_was_being_worked_on_can_be_received_again_and_a_delayed_one_stays_so(services, tmp_path, space):
    sqs = services.modules["sqs"]
    for name in ("received", "delayed"):
        sqs.ask("SendMessage", name)
    sqs.messages[0].update(receipt_handle="r", receive_count=1, visible_at=4e9)
    sqs.messages[1].update(visible_at=4e9)
    services.save_touched()
    found = restored(tmp_path, space, sqs=Sqs())["sqs"].messages
    assert {each["id"]: each["visible_at"] for each in found} == {"received": 0, "delayed": 4e9}


def test_changed_entries_alone_are_written(services, journal):
    services.touched = {"iam"}
    services.save_touched()
    services.touched = {"iam"}
    services.save_touched()
    assert journal.written == 1
    services.modules["sqs"].ask("SendMessage", "m")
    services.modules["sqs"].messages.clear()
    services.save_touched()
    assert journal.written == 3
    assert {service for service, _ in journal.entries()} == {"iam", "sqs"}


def test_a_service_that_nobody_asked_is_not_looked_at(services):
    services.touched = {"iam"}
    services.save_touched()
    services.save_touched()
    assert services.modules["iam"].taken == 1


def test_questions_are_not_written_down(services, journal):
    for question in ("ReceiveMessage", "GetQueueUrl", "ListQueues", "ChangeMessageVisibility"):
        assert services.modules["sqs"].ask(question) == 200
    assert journal.written == 0


def test_a_deployment_is_saved_when_all_of_it_is_there(services, journal):
    services.modules["cloudformation"]._stacks.set_scoped("0", "r", "s", {"StackStatus": "CREATE_IN_PROGRESS"})
    services.touched = {"cloudformation"}
    services.save_touched()
    assert journal.written == 0
    services.modules["cloudformation"]._stacks.set_scoped("0", "r", "s", {"StackStatus": "CREATE_COMPLETE"})
    services.save_touched()
    assert {service for service, _ in journal.entries()} == {"cloudformation", "iam", "sqs"}


def test_failed_save_is_repeated_the_next_time(services, journal, monkeypatch):
    def refuse(*_) -> None:
        raise NotStored("full")

    services.touched = {"iam"}
    with monkeypatch.context() as patch, pytest.raises(NotStored):
        patch.setattr(journal, "write", refuse)
        services.save_touched()
    services.save_touched()
    assert ("iam", "") in journal.entries()


def test_a_message_that_was_not_stored_is_refused(services, space):
    space.for_records = 10**18
    assert services.modules["sqs"].ask("SendMessage", "m") == 507
    assert services.modules["sqs"].messages == []


def test_the_state_of_tables_has_no_items(journal, space):
    dynamodb, services = DynamoDb(), Services(CODEC, journal, space)
    services.modules = {"dynamodb": dynamodb}
    dynamodb._set_item(dynamodb._tables.all_values()[0], "a", "1", {"secret": {"S": "x"}})
    services.save(["dynamodb"])
    assert "secret" not in journal.entries()["dynamodb", ""]
    assert dynamodb.items == {"a": {"1": {"secret": {"S": "x"}}}}
