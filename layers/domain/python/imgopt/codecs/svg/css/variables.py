"""Custom properties and `var()` (CSS Custom Properties 1), with limits on their growth."""

from collections.abc import Mapping
from typing import Any

from tinycss2 import serialize

from imgopt.codecs.svg.css.numbers import MAX_DEPTH, split_at, tokens_of
from imgopt.errors import TooLarge

# The characters of all substitutions in a file. Ten definitions that double each other would exceed them.
MAX_CHARACTERS = 1_000_000
# The longest chain of references between custom properties.
MAX_CHAIN = 100


class Allowance:
    """The characters that may still be substituted in a file."""

    def __init__(self) -> None:
        self.left = MAX_CHARACTERS

    def take(self, text: str) -> str:
        self.left -= len(text) + 1
        if self.left < 0:
            raise TooLarge(f"The SVG's custom properties (var()) grow to more than {MAX_CHARACTERS} characters.")
        return text


class Environment:
    """An element's custom properties, over the inherited ones. They are resolved when they are read."""

    def __init__(self, own: Mapping[str, str], parent: "Environment | None", allowance: Allowance) -> None:
        self._raw, self._parent, self._allowance = own, parent, allowance
        self._values: dict[str, str | None] = {}
        self._open: list[str] = []

    def extended(self, own: Mapping[str, str]) -> "Environment":
        return Environment(own, self, self._allowance) if own else self

    def get(self, name: str) -> str | None:
        """Returns a value; None where it is unset, or refers to itself."""
        environment: Environment | None = self
        while environment is not None:
            if name in environment._raw:
                return environment._own(name)
            environment = environment._parent
        return None

    def _own(self, name: str) -> str | None:
        if name in self._values:
            return self._values[name]
        if name in self._open:  # all properties of a cycle are invalid
            for each in self._open[self._open.index(name) :]:
                self._values[each] = None
            return None
        if len(self._open) >= MAX_CHAIN:
            raise TooLarge(f"The SVG's custom properties (var()) refer to one another in more than {MAX_CHAIN} steps.")
        self._open.append(name)
        value = self._read(name)
        self._open.pop()
        return self._values.setdefault(name, value)

    def _read(self, name: str) -> str | None:
        raw = self._raw[name]
        word = raw.strip().lower()
        if word in ("inherit", "unset", "revert", "revert-layer"):
            return self._parent.get(name) if self._parent else None
        return None if word == "initial" else self.substitute(raw)

    def substitute(self, text: str) -> str | None:
        """Substitutes `var()`; None where one has neither a value nor a fallback."""
        if "var(" not in text.lower():
            return text
        done = self._put_in(tokens_of(text), 0)
        return None if done is None else self._allowance.take(done)

    def _put_in(self, tokens: list[Any], depth: int) -> str | None:
        if depth > MAX_DEPTH:
            return None
        parts = [self._one(token, depth) for token in tokens]
        return " ".join(part for part in parts if part is not None) if None not in parts else None

    def _one(self, token: Any, depth: int) -> str | None:
        if token.type == "function" and token.lower_name == "var":
            return self._value_of(token, depth)
        if token.type == "function":
            inner = self._put_in(_visible(token.arguments), depth + 1)
            return None if inner is None else f"{token.name}({inner})"
        if token.type == "() block":
            inner = self._put_in(_visible(token.content), depth + 1)
            return None if inner is None else f"({inner})"
        return str(serialize([token]))

    def _value_of(self, token: Any, depth: int) -> str | None:
        name, *fallback = split_at(_visible(token.arguments))
        if len(name) != 1 or name[0].type != "ident":
            return None
        value = self.get(name[0].value)
        if value is not None:
            return self._allowance.take(value)
        if not fallback:
            return None
        texts = [self._put_in(part, depth + 1) for part in fallback]
        return None if None in texts else self._allowance.take(", ".join(text for text in texts if text is not None))


def _visible(tokens: list[Any]) -> list[Any]:
    return [token for token in tokens if token.type not in ("whitespace", "comment")]
