"""Stored tokens for each server, in a file that only its owner can read."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from imgopt_client.errors import ClientError
from imgopt_client.identity import Identity
from imgopt_client.private_file import user_folder, write_private_file

API_KEY = "IMGOPT_API_KEY"
LOGIN_TOKEN, GUEST_TOKEN = "token", "session_token"


def ignore_warning(_: str) -> None:
    """Ignores a warning. The default for programs."""


def default_path(environment: Mapping[str, str]) -> Path:
    return user_folder(environment, "XDG_CONFIG_HOME", ".config") / "credentials.json"


class Credentials:
    """The file of tokens. It is read again before each change, as another run may have changed it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, server: str, name: str) -> str | None:
        value = self._load().get(server, {}).get(name)
        return value if isinstance(value, str) and value else None

    def put(self, server: str, name: str, value: str | None) -> None:
        """Stores a token. None deletes it."""
        servers = self._load()
        entry = {**servers.get(server, {}), name: value}
        servers[server] = {name: value for name, value in entry.items() if value is not None}
        self._save({server: entry for server, entry in servers.items() if entry})

    def _load(self) -> dict[str, dict[str, str]]:
        try:
            servers = json.loads(self.path.read_bytes())["servers"]
            return {server: dict(entry) for server, entry in servers.items()}
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ClientError(f"{self.path} can't be read ({error}). Delete it and run `imgopt login`.") from error

    def _save(self, servers: dict[str, dict[str, str]]) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.parent.chmod(0o700)
            write_private_file(self.path, json.dumps({"servers": servers}, indent=2))
        except OSError as error:
            raise ClientError(f"{self.path} can't be written: {error.strerror}.") from error


def load_identity(
    credentials: Credentials,
    server: str,
    environment: Mapping[str, str],
    warn: Callable[[str], object] = ignore_warning,
) -> Identity:
    """The identity by the key in the environment, else by a login, else the guest of an earlier run.

    `warn` is called if a guest's token can't be stored.
    """
    bearer = read_key(environment) or credentials.get(server, LOGIN_TOKEN)
    guest = None if bearer else credentials.get(server, GUEST_TOKEN)
    return Identity(bearer, guest, guest_saver(credentials, server, warn))


def read_key(environment: Mapping[str, str]) -> str:
    return check_key(environment.get(API_KEY, ""), API_KEY)


def check_key(text: str, name: str) -> str:
    """The key without surrounding whitespace. Raises ClientError, which does not repeat the key."""
    key = text.strip()
    if not (key.isascii() and key.isprintable()):
        raise ClientError(f"{name} contains characters that a key can't have.")
    return key


def guest_saver(credentials: Credentials, server: str, warn: Callable[[str], object]) -> Callable[[str | None], None]:
    """A function that stores or deletes a guest's token. Failures are warnings, as this run can use it anyway."""

    def save(token: str | None) -> None:
        try:
            credentials.put(server, GUEST_TOKEN, token)
        except ClientError as error:
            warn(str(error))

    return save
