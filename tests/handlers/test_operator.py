"""The operator's command, on an existing installation."""

import sys
from io import StringIO

import pytest

from imgopt.accounts import api_keys, repository
from imgopt.accounts.model import Access, User
from imgopt.storage import table
from local import installation, operators

ADA, BEN = "user-ada", "user-ben"


@pytest.fixture(autouse=True)
def found(aws, monkeypatch, clock_at):
    """Makes the commands use the installation of the tests, with two users."""
    monkeypatch.setattr(installation, "use_local", lambda: None)
    for name in (ADA, BEN):
        repository.add_user(User(name, f"{name}@example.com", operators.account_deletion.clock.now()))


@pytest.fixture
def run(capsys):
    def start(*given: str) -> tuple[int, str, str]:
        code = operators.main(["users", *given, "--local"])
        return code, *capsys.readouterr()

    return start


def test_users_are_listed_with_what_tells_them_apart(run):
    code, out, _ = run("list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [ADA, BEN]
    assert f"{ADA}@example.com" in out


@pytest.mark.parametrize("who", [ADA, f"{ADA}@example.com", f"{ADA}@EXAMPLE.com"])
def test_a_user_is_shown_by_id_or_address_and_no_secret_with_them(run, who):
    _, key = api_keys.create(ADA, "server")
    code, out, _ = run("show", who)
    assert code == 0
    assert "1 API keys" in out
    assert key[9:] not in out


def test_a_user_is_blocked_and_unblocked(run):
    for command, expected in (("block", Access.BLOCKED), ("unblock", Access.OPEN)):
        assert run(command, f"{ADA}@example.com")[0] == 0
        assert repository.find_user(ADA).access is expected
    assert repository.find_user(BEN).access is Access.OPEN


def test_a_user_is_removed(run):
    api_keys.create(ADA, "server")
    code, _, said = run("remove", ADA, "--yes")
    assert code == 0
    assert "deleted" in said
    assert repository.find_user(ADA).access is Access.DELETING
    assert list(table.scan("API_KEY")) == []


@pytest.mark.parametrize(("typed", "code"), [(ADA, 0), ("yes", 1), ("", 1)])
def test_removing_asks_before(run, monkeypatch, typed, code):
    monkeypatch.setattr(sys, "stdin", StringIO(typed))
    assert run("remove", ADA)[0] == code
    assert (repository.find_user(ADA).access is Access.DELETING) == (code == 0)


@pytest.mark.parametrize("command", ["show", "block", "unblock", "remove"])
def test_unknown_user_is_reported(run, command):
    code, _, said = run(command, "nobody@example.com")
    assert (code, said) == (1, "imgopt: There is no user nobody@example.com.\n")


def test_an_address_of_several_is_not_guessed(run):
    repository.add_user(User("user-another", f"{ADA}@example.com", operators.account_deletion.clock.now()))
    code, _, said = run("block", f"{ADA}@example.com")
    assert code == 1
    assert "name one by id" in said
    assert repository.find_user(ADA).access is Access.OPEN


class Cloud:
    """CloudFormation and Lambda, as far as they are asked."""

    outputs: tuple[dict[str, str], ...] = ({"OutputKey": "CleanupFunctionName", "OutputValue": "clean"},)

    def describe_stacks(self, StackName: str) -> dict:
        assert StackName == "OtherSchedules"
        return {"Stacks": [{"Outputs": list(self.outputs)}]}

    def get_function_configuration(self, FunctionName: str) -> dict:
        assert FunctionName == "clean"
        return {"Environment": {"Variables": {"IMGOPT_TABLE_NAME": "t", "POWERTOOLS_LOG_LEVEL": "INFO"}}}


def test_names_on_aws_are_those_that_the_installations_function_has():
    found = installation.find_variables(Cloud(), Cloud(), "OtherSchedules")
    assert installation.settings_in(found) == {"IMGOPT_TABLE_NAME": "t"}


def test_an_installation_of_an_earlier_version_says_so():
    cloud = Cloud()
    cloud.outputs = ()
    with pytest.raises(LookupError, match="deploy the current version first"):
        installation.find_variables(cloud, cloud, "OtherSchedules")
