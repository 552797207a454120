"""Composes one AVIF of tiles (ISO/IEC 23008-12, 6.6.2.3), so that an encoder needs memory for one tile at a time."""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.isobmff import read_items

if TYPE_CHECKING:
    from PIL.Image import Image

# All tiles have the same, even size, which 4:2:0 requires. Pixels beyond the image are cropped by readers.
TILE_SIDE = 4096
PRIMARY, HIDDEN = 1, 1
IN_FILE, IN_IDAT = 0, 1
ALPHA = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"
# The number of channels, and the bits of each.
PIXI = {"RGB": b"\3\x08\x08\x08", "L": b"\1\x08"}

Write = Callable[["Image"], bytes]


@dataclass(frozen=True)
class MetaItem:
    """An item of the file: where its bytes are (`method`), and the numbers of its properties, from 1."""

    number: int
    kind: bytes
    data: bytes
    properties: tuple[int, ...] = ()
    method: int = IN_FILE
    hidden: bool = False
    suffix: bytes = b""


@dataclass(frozen=True)
class Tiles:
    """AV1 streams row by row, their layout, and the shared contents of av1C and colr."""

    streams: list[bytes]
    layout: bytes
    config: bytes
    color: bytes


def write(image: "Image", write_tile: Write, metadata: Metadata) -> bytes:
    """Returns an AVIF of an image in L, LA, RGB or RGBA. `write_tile` encodes a tile in L or RGB."""
    size, tile = image.size, tile_size(*image.size)
    plain = image.convert("L" if image.mode in ("L", "LA") else "RGB") if image.mode in ("LA", "RGBA") else image
    colors = _encode(plain, tile, write_tile)
    properties = [_ispe(size), _ispe(tile), _full(b"pixi", PIXI[plain.mode]), _box(b"av1C", colors.config)]
    properties.append(_box(b"colr", colors.color))
    items, references = _grid(PRIMARY, colors, (1, 3, 5), (2, 3, 4, 5))
    if image.mode in ("LA", "RGBA"):
        alpha = _encode(image.getchannel("A"), tile, write_tile)
        properties += [_full(b"pixi", PIXI["L"]), _box(b"av1C", alpha.config), _full(b"auxC", ALPHA)]
        more, others = _grid(len(items) + 1, alpha, (1, 6, 8), (2, 6, 7))
        references += [*others, _refer(b"auxl", len(items) + 1, [PRIMARY])]
        items += more
    for kind, data, suffix in _described(metadata):
        references.append(_refer(b"cdsc", len(items) + 1, [PRIMARY]))
        items.append(MetaItem(len(items) + 1, kind, data, suffix=suffix))
    return _assemble(items, references, properties)


def tile_size(width: int, height: int) -> tuple[int, int]:
    return min(TILE_SIDE, width + width % 2), min(TILE_SIDE, height + height % 2)


def _encode(image: "Image", tile: tuple[int, int], write_tile: Write) -> Tiles:
    streams, config, color = [], b"", b""
    for box in _boxes(image.size, tile):
        data = write_tile(_cut(image, box))
        items = read_items(BytesIO(data))
        properties = dict(items.properties[items.primary])
        config, color = properties[b"av1C"], properties[b"colr"]
        streams.append(b"".join(data[at : at + length] for at, length in items.extents[items.primary]))
    return Tiles(streams, _lay_out(image.size, tile), config, color)


def _boxes(size: tuple[int, int], tile: tuple[int, int]) -> Iterable[tuple[int, int, int, int]]:
    for top in range(0, size[1], tile[1]):
        for left in range(0, size[0], tile[0]):
            yield left, top, left + tile[0], top + tile[1]


def _cut(image: "Image", box: tuple[int, int, int, int]) -> "Image":
    """Returns a tile. Beyond the image its last pixels are repeated, which costs fewer bytes than an edge."""
    left, top, right, bottom = box
    inside = image.crop((left, top, min(right, image.width), min(bottom, image.height)))
    if inside.size == (right - left, bottom - top):
        return inside
    wide = _continue(inside, (right - left, inside.height), (inside.width - 1, 0, inside.width, inside.height))
    return _continue(wide, (wide.width, bottom - top), (0, wide.height - 1, wide.width, wide.height))


def _continue(image: "Image", size: tuple[int, int], edge: tuple[int, int, int, int]) -> "Image":
    from PIL.Image import Resampling

    larger = image.crop(edge).resize(size, Resampling.NEAREST)
    larger.paste(image)
    return larger


def _grid(
    first: int, tiles: Tiles, of_grid: tuple[int, ...], of_tiles: tuple[int, ...]
) -> tuple[list[MetaItem], list[bytes]]:
    """Returns the items of a grid, numbered from `first`, with their properties and references."""
    grid = MetaItem(first, b"grid", tiles.layout, of_grid, IN_IDAT)
    parts = [MetaItem(first + at, b"av01", data, of_tiles, hidden=True) for at, data in enumerate(tiles.streams, 1)]
    return [grid, *parts], [_refer(b"dimg", first, [part.number for part in parts])]


def _lay_out(size: tuple[int, int], tile: tuple[int, int]) -> bytes:
    """Returns an ImageGrid with 32-bit sides."""
    columns, rows = -(-size[0] // tile[0]), -(-size[1] // tile[1])
    return struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, *size)


def _described(metadata: Metadata) -> Iterable[tuple[bytes, bytes, bytes]]:
    """Yields EXIF, preceded by the offset of its TIFF header, and XMP, with their item types."""
    if metadata.exif:
        yield b"Exif", bytes(4) + metadata.exif.removeprefix(b"Exif\0\0"), b""
    if metadata.xmp:
        yield b"mime", metadata.xmp, b"application/rdf+xml\0"


def _assemble(items: list[MetaItem], references: list[bytes], properties: list[bytes]) -> bytes:
    kind = _box(b"ftyp", b"avif" + bytes(4) + b"avifmif1miaf")
    before = len(kind) + len(_meta(items, references, properties, 0)) + 8
    meta = _meta(items, references, properties, before)
    return kind + meta + _box(b"mdat", b"".join(item.data for item in items if item.method == IN_FILE))


def _meta(items: list[MetaItem], references: list[bytes], properties: list[bytes], start: int) -> bytes:
    """Returns the meta box. `start` is the file offset of the first item's data."""
    handler = _full(b"hdlr", bytes(4) + b"pict" + bytes(13))
    infos = b"".join(_info(item) for item in items)
    counted = struct.pack(">H", len(items))
    linked = [item for item in items if item.properties]
    associations = b"".join(_associate(item) for item in linked)
    parts = (
        handler,
        _full(b"pitm", struct.pack(">H", PRIMARY)),
        _full(b"iloc", b"\x44\0" + counted + b"".join(_locate(items, start)), version=1),
        _full(b"iinf", counted + infos),
        _full(b"iref", b"".join(references)),
        _box(
            b"iprp",
            _box(b"ipco", b"".join(properties)) + _full(b"ipma", struct.pack(">I", len(linked)) + associations),
        ),
        _box(b"idat", b"".join(item.data for item in items if item.method == IN_IDAT)),
    )
    return _full(b"meta", b"".join(parts))


def _locate(items: list[MetaItem], start: int) -> Iterable[bytes]:
    positions = {IN_FILE: start, IN_IDAT: 0}
    for item in items:
        length = len(item.data)
        yield struct.pack(">HHHHII", item.number, item.method, 0, 1, positions[item.method], length)
        positions[item.method] += length


def _info(item: MetaItem) -> bytes:
    content = struct.pack(">HH4s", item.number, 0, item.kind) + b"\0" + item.suffix
    return _full(b"infe", content, version=2, flags=HIDDEN if item.hidden else 0)


def _associate(item: MetaItem) -> bytes:
    """Associates properties with an item. av1C (the fourth property, or the seventh for alpha) is marked as
    essential.
    """
    numbers = bytes(number | 0x80 * (number in (4, 7)) for number in item.properties)
    return struct.pack(">HB", item.number, len(numbers)) + numbers


def _refer(kind: bytes, source: int, targets: list[int]) -> bytes:
    return _box(kind, struct.pack(f">HH{len(targets)}H", source, len(targets), *targets))


def _ispe(size: tuple[int, int]) -> bytes:
    return _full(b"ispe", struct.pack(">II", *size))


def _full(kind: bytes, content: bytes, *, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags) + content)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content
