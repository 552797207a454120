"""Stored tokens."""

from pathlib import Path

import pytest

from imgopt_client.credentials import Credentials, default_path, load_identity
from imgopt_client.errors import ClientError

A, B = "https://a.test", "https://b.test"


@pytest.fixture
def credentials(home):
    return Credentials(home / "credentials.json")


def test_credentials_are_readable_by_their_owner_alone(credentials):
    credentials.put(A, "token", "mcp_secret")
    assert credentials.path.stat().st_mode & 0o777 == 0o600
    assert credentials.path.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in credentials.path.parent.iterdir()] == ["credentials.json"]


def test_credentials_are_kept_for_each_server(credentials):
    credentials.put(A, "token", "mcp_secret")
    credentials.put(A, "session_token", "guest")
    credentials.put(B, "session_token", "other")
    assert credentials.get(A, "token") == "mcp_secret"
    assert credentials.get(B, "token") is None
    credentials.put(A, "token", None)
    assert (credentials.get(A, "token"), credentials.get(A, "session_token")) == (None, "guest")


@pytest.mark.parametrize("content", ["", "[]", '{"servers": [1]}', '{"servers": {"https://a.test": 1}}'])
def test_credentials_file_that_is_damaged_is_an_error(credentials, content):
    credentials.path.parent.mkdir(parents=True)
    credentials.path.write_text(content)
    with pytest.raises(ClientError, match="Delete it and run `imgopt login`"):
        credentials.get(A, "token")


def test_api_key_of_the_environment_comes_first(credentials):
    credentials.put(A, "token", "mcp_secret")
    assert load_identity(credentials, A, {"IMGOPT_API_KEY": " key "}).headers() == {"Authorization": "Bearer key"}
    assert load_identity(credentials, A, {"IMGOPT_API_KEY": ""}).headers() == {"Authorization": "Bearer mcp_secret"}
    assert load_identity(credentials, B, {}).headers() == {}


def test_api_key_that_no_header_can_hold_is_refused_without_showing_it(credentials):
    with pytest.raises(ClientError) as error:
        load_identity(credentials, A, {"IMGOPT_API_KEY": "schlüssel"})
    assert "schlüssel" not in str(error.value)


def test_config_folder_that_is_relative_is_ignored():
    assert default_path({"XDG_CONFIG_HOME": "here"}) == Path.home() / ".config" / "imgopt" / "credentials.json"
    assert default_path({}) == Path.home() / ".config" / "imgopt" / "credentials.json"
