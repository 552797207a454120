"""Handles metadata behind the pixels of a PNG, where some programs write XMP (section 5.6 allows any place)."""

from imgopt.codecs.png.chunks import make_chunk
from imgopt.codecs.png.frames import ChunkPlace, walk_chunks
from imgopt.codecs.shared.metadata import LONGEST_KEPT, without_orientation

TEXTS, EXIF, PIXELS = frozenset({b"iTXt", b"tEXt", b"zTXt"}), b"eXIf", b"IDAT"
CHUNK_HEADER, CHECKSUM = 8, 4


def bring_forward(data: bytes) -> bytes:
    """Moves texts and EXIF before the pixels, where all readers look.

    Browsers ignore the orientation of EXIF behind the pixels, so that it is removed.
    """
    places = list(walk_chunks(data))
    pixels = next((place.start for place in places if place.kind == PIXELS), len(data))
    late = [place for place in places if place.start > pixels and place.kind in TEXTS | {EXIF}]
    if not late:
        return data
    begin = pixels - CHUNK_HEADER
    kept, position = [data[:begin], *(_move(data, place) for place in late)], begin
    for place in late:
        kept.append(data[position : place.start - CHUNK_HEADER])
        position = place.end + CHECKSUM
    return b"".join([*kept, data[position:]])


def _move(data: bytes, place: ChunkPlace) -> bytes:
    content = data[place.start : place.end]
    if place.kind != EXIF:
        return make_chunk(place.kind, content)
    exif = without_orientation(content) if len(content) <= LONGEST_KEPT else None
    return make_chunk(EXIF, exif.removeprefix(b"Exif\0\0")) if exif else b""
