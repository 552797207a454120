"""ncnn's .param: a network's layers as lines of text."""

from dataclasses import dataclass

MAGIC = "7767517"
# Keys from this one downwards have arrays, whose first number is their length.
FIRST_ARRAY = -23300
Value = int | float | tuple[float, ...]


class UnknownNetwork(ValueError):
    """The converter does not support a part of the network."""


@dataclass(frozen=True)
class Layer:
    """A layer. `inputs` and `outputs` are names of tensors; `values` are parameters by ncnn's ids."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    values: dict[int, Value]

    def integer(self, key: int, default: int = 0) -> int:
        return int(self.number(key, default))

    def number(self, key: int, default: float = 0) -> float:
        value = self.values.get(key, default)
        if isinstance(value, tuple):
            raise UnknownNetwork(f"{self.name}: setting {key} is an array")
        return value

    def numbers(self, key: int) -> tuple[float, ...]:
        """An array parameter. Empty if it is not set."""
        value = self.values.get(key, ())
        return value if isinstance(value, tuple) else (value,)


def read_layers(text: str) -> list[Layer]:
    """The layers in order of execution, which is also the order of their weights."""
    magic, _, *lines = text.splitlines()
    if magic.strip() != MAGIC:
        raise UnknownNetwork("not a text .param of ncnn")
    return [_layer(line.split()) for line in lines if line.strip()]


def _layer(words: list[str]) -> Layer:
    kind, name, inputs, outputs, *rest = words
    last_input = int(inputs)
    last_output = last_input + int(outputs)
    values = dict(_setting(word) for word in rest[last_output:])
    return Layer(kind, name, tuple(rest[:last_input]), tuple(rest[last_input:last_output]), values)


def _setting(word: str) -> tuple[int, Value]:
    key, _, value = word.partition("=")
    number = int(key)
    if number > FIRST_ARRAY:
        return number, float(value) if "." in value or "e" in value else int(value)
    _, *values = value.split(",")
    return FIRST_ARRAY - number, tuple(float(each) for each in values)
