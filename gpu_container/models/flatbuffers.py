"""Reads FlatBuffers, the format of TFLite's files: tables whose fields have numbers.

Source: https://flatbuffers.dev/internals, "FlatBuffer Binary Format".
"""

import struct
from dataclasses import dataclass

from gpu_container.models.ncnn_param import UnknownNetwork


@dataclass(frozen=True)
class BufferTable:
    """A table in the bytes of a file. Fields that are absent read as 0, "" or empty."""

    data: bytes
    at: int

    def number(self, field: int, kind: str = "i") -> int:
        """A scalar field. `kind` is its format character of `struct`."""
        place = self._place(field)
        return _unpack(self.data, place, kind) if place else 0

    def text(self, field: int) -> str:
        return self.raw(field).decode()

    def raw(self, field: int) -> bytes:
        """The bytes of a vector of bytes, or of a string."""
        start, count = self._vector(field)
        return self.data[start : start + count]

    def numbers(self, field: int) -> tuple[int, ...]:
        start, count = self._vector(field)
        return struct.unpack_from(f"<{count}i", self.data, start)

    def tables(self, field: int) -> list["BufferTable"]:
        start, count = self._vector(field)
        places = range(start, start + 4 * count, 4)
        return [BufferTable(self.data, place + _unpack(self.data, place, "I")) for place in places]

    def table(self, field: int) -> "BufferTable":
        place = self._place(field)
        if not place:
            raise UnknownNetwork(f"a table without field {field}")
        return BufferTable(self.data, place + _unpack(self.data, place, "I"))

    def _vector(self, field: int) -> tuple[int, int]:
        """The offset of a vector's first element, and the number of elements."""
        place = self._place(field)
        if not place:
            return 0, 0
        start = place + _unpack(self.data, place, "I")
        return start + 4, _unpack(self.data, start, "I")

    def _place(self, field: int) -> int:
        """The offset of a field; 0 if it is absent."""
        fields = self.at - _unpack(self.data, self.at, "i")
        entry = 4 + 2 * field
        offset = _unpack(self.data, fields + entry, "H") if entry < _unpack(self.data, fields, "H") else 0
        return self.at + offset if offset else 0


def read_root_table(data: bytes) -> BufferTable:
    return BufferTable(data, _unpack(data, 0, "I"))


def _unpack(data: bytes, at: int, kind: str) -> int:
    try:
        (value,) = struct.unpack_from(f"<{kind}", data, at)
    except struct.error as error:
        raise UnknownNetwork("a file that ends too early") from error
    return int(value)
