"""TIFF files of any kind, written entry by entry: libraries write few kinds."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

BYTES, SHORT, LONG = 7, 3, 4
LETTERS = {SHORT: "H", LONG: "I"}
CHILDREN, JPEG = 330, 513
# Of strips, children, tiles and a JPEG.
OFFSETS = frozenset({273, CHILDREN, 324, JPEG})
Value = int | bytes | Sequence[int]


@dataclass
class Directory:
    """Tags with their values, the strips or tiles of a picture, and directories of its own.

    A JPEG is given as bytes by the tag of its offset.
    """

    tags: dict[int, Value]
    parts: list[bytes] = field(default_factory=list)
    children: list["Directory"] = field(default_factory=list)


def picture(width: int, height: int, parts: list[bytes], **tags: Value) -> Directory:
    """A picture of one strip or the given ones, in 8-bit grey unless other parameters are given."""
    names = {
        **{"subfile": 254, "bits": 258, "compression": 259, "photometric": 262, "orientation": 274, "samples": 277},
        **{"rows": 278, "planar": 284, "predictor": 317, "colors": 320, "tile_width": 322, "tile_height": 323},
        **{"extra": 338, "formats": 339, "subsampling": 530, "profile": 34675, "crop": 50720},
    }
    plain = {"bits": 8, "compression": 1, "photometric": 1, "samples": 1}
    known = {names[name]: value for name, value in {**plain, **tags}.items()}
    return Directory({256: width, 257: height, **known}, parts)


def build(*pages: Directory, order: str = "<", big: bool = False, magic: int = 0, mark: bytes = b"") -> bytes:
    """`mark` stands behind the start of the file."""
    return _Writer(order, big).write(pages, magic or (43 if big else 42), mark)


class _Writer:
    def __init__(self, order: str, big: bool) -> None:
        self._order, self._big, self._out = order, big, bytearray()
        self._offset = "Q" if big else "I"

    def write(self, pages: Sequence[Directory], magic: int, mark: bytes) -> bytes:
        sizes = struct.pack(f"{self._order}HH", 8, 0) if self._big else b""
        start = (b"II" if self._order == "<" else b"MM") + struct.pack(f"{self._order}H", magic) + sizes
        self._out += start + bytes(struct.calcsize(f"<{self._offset}")) + mark
        link = len(start)
        for page in pages:
            offset, following = self._add(page)
            struct.pack_into(self._order + self._offset, self._out, link, offset)
            link = following
        return bytes(self._out)

    def _add(self, directory: Directory) -> tuple[int, int]:
        """The offset of the directory, and the place of the offset of the next one."""
        tags = dict(directory.tags)
        if directory.parts:
            tiled = 322 in tags
            tags[324 if tiled else 273] = [self._append(part) for part in directory.parts]
            tags[325 if tiled else 279] = [len(part) for part in directory.parts]
        if JPEG in tags:
            tags[JPEG], tags[JPEG + 1] = self._append(tags[JPEG]), len(tags[JPEG])
        if directory.children:
            tags[CHILDREN] = [self._add(child)[0] for child in directory.children]
        entries = b"".join(self._entry(tag, value) for tag, value in sorted(tags.items()))
        count = struct.pack(f"{self._order}{'Q' if self._big else 'H'}", len(tags))
        offset = self._append(count + entries)
        following = self._append(bytes(8))
        return offset, following

    def _entry(self, tag: int, value: Value) -> bytes:
        kind, count, data = self._pack(tag, value)
        room = 8 if self._big else 4
        inline = data.ljust(room, b"\0")
        if len(data) > room:
            inline = struct.pack(self._order + self._offset, self._append(data))
        return struct.pack(f"{self._order}HH{self._offset}", tag, kind, count) + inline

    def _pack(self, tag: int, value: Value) -> tuple[int, int, bytes]:
        if isinstance(value, bytes):
            return BYTES, len(value), value
        values = [value] if isinstance(value, int) else list(value)
        kind = LONG if max(values, default=0) > 0xFFFF or tag in OFFSETS else SHORT
        return kind, len(values), struct.pack(f"{self._order}{len(values)}{LETTERS[kind]}", *values)

    def _append(self, data: bytes) -> int:
        offset = len(self._out)
        self._out += data
        return offset
