"""Compares a reader's view of a file with the expected one, by aspect."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.interop.files import MadeFile
from benchmarks.interop.readers import Limit, Reader
from benchmarks.interop.views import View
from imgopt.codecs.formats import FORMATS

BLOCK, MOST_DIFFERENCE, MOST_OF_DRAWINGS = 4, 8, 16
# Up to this difference, perhaps only the edges differ.
MOST_OF_EDGES = 32
COMPARED = ("frames", "durations", "loops", "dpi")


@dataclass(frozen=True)
class Fault:
    aspect: str
    file: str
    what: str
    limit: Limit | None


@dataclass
class Row:
    """The row of a reader and a format. `told` has the aspects that the reader reports."""

    reader: Reader
    format: str
    files: int = 0
    told: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    pixel: int = 0
    block: int = 0

    def unexplained(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.limit is None]


def judge(reader: Reader, files: Sequence[MadeFile], views: dict[str, View]) -> list[Row]:
    rows = {name: Row(reader, name) for name in reader.formats}
    for file in files:
        row, view = rows[file.format], views[file.path.name]
        row.files += 1
        if view.pixels and not view.error and view.width and view.height:
            row.told.add("pixels")
        row.told |= {aspect for aspect in ("frames", "durations", "loops") if getattr(view, aspect) is not None}
        row.told |= {"size"} if view.width else set()
        row.told |= {"dpi"} if view.dpi is not None else set()
        for aspect, what in differences(file, view, row):
            limit = next((each for each in reader.limits if each.explains(file.format, aspect, file.traits)), None)
            row.faults.append(Fault(aspect, file.path.name, what, limit))
    return list(rows.values())


def differences(file: MadeFile, view: View, row: Row) -> Iterator[tuple[str, str]]:
    """The aspects in which a view differs from the expected one, with the reported values."""
    expected = file.expected
    if view.error:
        yield "opens", view.error
        return
    if view.words:
        yield "words", view.words
    for aspect in COMPARED:
        value, wanted = getattr(view, aspect), getattr(expected, aspect)
        if value is not None and wanted is not None and not is_near(value, wanted):
            yield aspect, f"{value}, not {wanted}"
    if view.width is not None and (view.width, view.height) != (expected.width, expected.height):
        yield "size", f"{view.width}x{view.height}, not {expected.width}x{expected.height}"
    elif view.pixels and expected.pixels:
        pixel, block = distance(view.pixels, expected.pixels, (expected.height or 0, expected.width or 0))
        row.pixel, row.block = max(row.pixel, pixel), max(row.block, block)
        if block > (MOST_OF_DRAWINGS if file.format == "svg" else MOST_DIFFERENCE):
            yield "edges" if block <= MOST_OF_EDGES else "pixels", f"{block}/255"


def is_near(value: object, wanted: object) -> bool:
    """Whether two values are equal. Resolutions in metric units and milliseconds may differ by one."""
    if isinstance(value, tuple) and isinstance(wanted, tuple):
        return len(value) == len(wanted) and all(abs(a - b) <= 1 for a, b in zip(value, wanted, strict=True))
    return isinstance(value, int) and isinstance(wanted, int) and value == wanted


def distance(seen: bytes, wanted: bytes, size: tuple[int, int]) -> tuple[int, int]:
    """The largest difference of a pixel, and of the mean of a block, 0-255, in the frames that both have.

    Channels are multiplied by alpha. Decoders round and enlarge chroma in different ways, which hardly changes blocks.
    """
    length = min(len(seen), len(wanted))
    one, other = (premultiplied(each[:length], size) for each in (seen, wanted))
    difference = one - other
    return round(float(np.abs(difference).max())), round(float(np.abs(block_means(difference)).max()))


def premultiplied(pixels: bytes, size: tuple[int, int]) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    values = np.frombuffer(pixels, np.uint8).reshape(-1, *size, 4).astype(np.float32)
    values[..., :3] *= values[..., 3:] / 255
    return values


def block_means(
    values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]",
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """The means of whole blocks. A side that is shorter than a block is one block."""
    frames, height, width, channels = values.shape
    tall, wide = min(BLOCK, height), min(BLOCK, width)
    cut = values[:, : height // tall * tall, : width // wide * wide]
    parts = cut.reshape(frames, height // tall, tall, width // wide, wide, channels)
    return np.asarray(parts.mean(axis=(2, 4)), np.float32)


def explanations(rows: Iterable[Row]) -> dict[str, list[str]]:
    """The limits that were observed, by the reader's name."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        for fault in row.faults:
            if fault.limit:
                text = f"{', '.join(FORMATS[name].label for name in fault.limit.formats)}: {fault.limit.why}"
                found.setdefault(row.reader.name, {})[text] = None
    return {name: list(texts) for name, texts in found.items()}
