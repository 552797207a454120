"""Tokens on disk, for each server, readable by their owner alone."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from imgopt_client.errors import ClientError
from imgopt_client.identity import Identity
from imgopt_client.private_file import user_folder, write_private_file

API_KEY = "IMGOPT_API_KEY"
LOGIN_TOKEN, GUEST_TOKEN = "token", "session_token"


def ignore_warning(_: str) -> None:
    """For runs that have no one to tell."""


def default_path(environment: Mapping[str, str]) -> Path:
    return user_folder(environment, "XDG_CONFIG_HOME", ".config") / "credentials.json"


class Credentials:
    """Read anew for each change: another run may have written meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, server: str, name: str) -> str | None:
        value = self._load().get(server, {}).get(name)
        return value if isinstance(value, str) and value else None

    def put(self, server: str, name: str, value: str | None) -> None:
        """None forgets it."""
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
            raise ClientError(f"{self.path} can't be read ({error}). Remove it, and log in again.") from error

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
    """The key of the environment, else a login, else the guest of the last run.

    `warn` is told where a guest can't be remembered.
    """
    bearer = read_key(environment) or credentials.get(server, LOGIN_TOKEN)
    guest = None if bearer else credentials.get(server, GUEST_TOKEN)
    return Identity(bearer, guest, guest_saver(credentials, server, warn))


def read_key(environment: Mapping[str, str]) -> str:
    return check_key(environment.get(API_KEY, ""), API_KEY)


def check_key(text: str, name: str) -> str:
    """Without blanks around it, such as the end of a line in a file. Raises ClientError, which does not show it."""
    key = text.strip()
    if not (key.isascii() and key.isprintable()):
        raise ClientError(f"{name} holds characters that no key has.")
    return key


def guest_saver(credentials: Credentials, server: str, warn: Callable[[str], object]) -> Callable[[str | None], None]:
    """Stores a guest's token, or forgets it. A failure is a warning, as the guest lasts as long as the run."""

    def save(token: str | None) -> None:
        try:
            credentials.put(server, GUEST_TOKEN, token)
        except ClientError as error:
            warn(str(error))

    return save
