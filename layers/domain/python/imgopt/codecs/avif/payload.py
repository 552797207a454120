"""Checks which bytes an AVIF's pictures consist of, and finds others."""

import struct
from collections.abc import Iterator
from io import BytesIO
from itertools import chain, repeat

from imgopt.codecs.shared import av1
from imgopt.codecs.shared.isobmff import ALPHA, Box, Items, boxes, boxes_between, read_items, top_boxes

Extent = tuple[int, int]
CODED, DERIVED = b"av01", frozenset({b"grid", b"iovl", b"iden", b"tmap", b"sato"})
MOST_SAMPLES = 65_536
# The maximum number of data boxes, and of the pictures' bytes divided by the file's length.
MOST_POOLS, MOST_OVERLAP = 16, 4
SAMPLE_TABLE = (b"mdia", b"minf", b"stbl")


def unneeded_extents(data: bytes) -> list[Extent] | None:
    """Returns the extents of data that no picture needs. None where a picture isn't shown, or its contents are unknown.

    Raises InvalidImage where the boxes are damaged.
    """
    items, samples = read_items(BytesIO(data)), _samples(data)
    pools, stores = _boxes_of_bytes(data)
    if samples is None or len(pools) > MOST_POOLS or len(stores) > 1 or not _shows_all(items):
        return None
    base = stores[0].start if stores else 0
    stored = {item: [(base + offset, length) for offset, length in extents] for item, extents in items.stored.items()}
    pictures = [item for item, kind in items.kinds.items() if kind in (CODED, *DERIVED)]
    parts = {item: [*items.extents.get(item, []), *stored.get(item, [])] for item in pictures}
    needed = sorted((*chain.from_iterable(parts.values()), *samples))
    if not all(length for _, length in needed) or sum(length for _, length in needed) > MOST_OVERLAP * len(data):
        return None
    streams = (parts[item] for item in pictures if items.kinds[item] == CODED)
    if not all(_is_plain(data, extents) for extents in chain(streams, ([sample] for sample in samples))):
        return None
    return [gap for box in (*pools, *stores) for gap in _gaps(box, needed)]


def _boxes_of_bytes(data: bytes) -> tuple[list[Box], list[Box]]:
    """Returns the data boxes of the file, and those inside of its meta box."""
    top = list(top_boxes(BytesIO(data)))
    inner = [each for box in top if box.kind == b"meta" for each in boxes_between(data, box.start + 4, box.end)]
    return [box for box in top if box.kind == b"mdat"], [box for box in inner if box.kind == b"idat"]


def _gaps(box: Box, needed: list[Extent]) -> Iterator[Extent]:
    at = box.start
    for offset, length in needed:
        end = offset + length
        if end <= box.start or offset >= box.end:
            continue
        if offset > at:
            yield at, offset - at
        at = max(at, end)
    if at < box.end:
        yield at, box.end - at


def _shows_all(items: Items) -> bool:
    """Returns whether each picture is the primary one, a part, the alpha or the gain map of it. Thumbnails are not."""
    pictures = {item for item, kind in items.kinds.items() if kind == CODED or kind in DERIVED}
    shown = {items.primary, *(item for item, kind in items.kinds.items() if kind == b"tmap")}
    waiting = list(shown)
    parts: dict[int, list[int]] = {}
    for kind, item, others in items.references:
        if kind == b"dimg":
            parts.setdefault(item, []).extend(others)
        elif kind == b"auxl" and _is_alpha(items, item):
            for other in others:
                parts.setdefault(other, []).append(item)
    while waiting:
        new = set(parts.get(waiting.pop(), ())) - shown
        shown |= new
        waiting += new
    return pictures <= shown


def _is_alpha(items: Items, item: int) -> bool:
    return any(kind == b"auxC" and data[4:].split(b"\0")[0] in ALPHA for kind, data in items.properties.get(item, []))


def _is_plain(data: bytes, extents: list[Extent]) -> bool:
    return av1.holds_pictures_alone(b"".join(data[offset : offset + length] for offset, length in extents))


def _samples(data: bytes) -> list[Extent] | None:
    """Returns the extents of all tracks' frames; None where a sample table is unusual or too long."""
    movies = [data[box.start : box.end] for box in top_boxes(BytesIO(data)) if box.kind == b"moov"]
    tables = [_table(track) for movie in movies for kind, track in boxes(movie) if kind == b"trak"]
    found = [_samples_of(table) for table in tables]
    known = [each for each in found if each is not None]
    return [extent for each in known for extent in each] if len(known) == len(found) else None


def _table(track: bytes) -> dict[bytes, bytes]:
    content = track
    for wanted in SAMPLE_TABLE:
        content = next((data for kind, data in boxes(content) if kind == wanted), b"")
    return dict(boxes(content))


def _samples_of(table: dict[bytes, bytes]) -> list[Extent] | None:
    """Returns extents by ISO/IEC 14496-12, 8.7.3 to 8.7.5: sample sizes, samples per chunk, chunk offsets."""
    try:
        size, count = struct.unpack_from(">II", table[b"stsz"], 4)
        if count > MOST_SAMPLES:
            return None
        sizes = list(repeat(size, count)) if size else list(struct.unpack_from(f">{count}I", table[b"stsz"], 12))
        offsets, counts = _chunk_offsets(table), _chunk_counts(table[b"stsc"])
    except (struct.error, KeyError):
        return None
    found, many = list[Extent](), 0
    for chunk, offset in enumerate(offsets, 1):
        place, many = offset, counts.get(chunk, many)
        for length in sizes[len(found) : len(found) + many]:
            found.append((place, length))
            place += length
    return found if len(found) == len(sizes) else None


def _chunk_offsets(table: dict[bytes, bytes]) -> tuple[int, ...]:
    kind, letter = (b"co64", "Q") if b"co64" in table else (b"stco", "I")
    (count,) = struct.unpack_from(">I", table[kind], 4)
    return struct.unpack_from(f">{min(count, MOST_SAMPLES)}{letter}", table[kind], 8)


def _chunk_counts(stsc: bytes) -> dict[int, int]:
    """Returns the number of samples per chunk, by the first chunk for which it applies."""
    (count,) = struct.unpack_from(">I", stsc, 4)
    numbers = struct.unpack_from(f">{3 * min(count, MOST_SAMPLES)}I", stsc, 8)
    return dict(zip(numbers[::3], numbers[1::3], strict=True))
