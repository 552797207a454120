"""A request as it was sent, without normalization, because that is what was signed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote_plus

from local.emulator.refusals import Refused


@dataclass(frozen=True)
class Request:
    scope: Any

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        """The path as it was sent, with its percent encoding."""
        return str(self.scope["raw_path"].decode("ascii"))

    @cached_property
    def headers(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.scope["headers"]:
            found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        return found

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The decoded names and values of the query. Raises Refused if they are not UTF-8."""
        text = self.scope["query_string"].decode("latin-1")
        try:
            return [
                (decode_request(name), decode_request(value))
                for name, _, value in (each.partition("=") for each in path_parts(text))
            ]
        except UnicodeError as error:
            raise Refused("InvalidRequest", "The query is not UTF-8.", 400) from error

    def header(self, name: str) -> str | None:
        """The value of a header, or None. Raises Refused if there are several."""
        return only(self.headers.get(name, []), name)

    def parameter(self, name: str) -> str | None:
        return only([value for known, value in self.query if known == name], name)

    def with_headers(self, is_kept: Callable[[str], bool]) -> "Request":
        headers = [each for each in self.scope["headers"] if is_kept(each[0].decode("latin-1").lower())]
        return Request({**self.scope, "headers": headers})


def path_parts(text: str) -> list[str]:
    return [part for part in text.split("&") if part]


def decode_request(text: str) -> str:
    return unquote_plus(text, errors="strict")


def only(values: list[str], name: str) -> str | None:
    if len(values) > 1:
        raise Refused("InvalidRequest", f"There is more than one {name}.", 400)
    return values[0] if values else None
