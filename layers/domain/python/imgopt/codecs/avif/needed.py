"""The boxes of an AVIF that pictures and animations need (ISO/IEC 23008-12, 6 and 9.3; 14496-12, 8)."""

from collections.abc import Callable

# Needed boxes, by the box that contains them.
FILE = b""
NEEDED_BOXES = {
    FILE: frozenset({b"ftyp", b"meta", b"mdat", b"moov"}),
    b"meta": frozenset({b"hdlr", b"pitm", b"iinf", b"iloc", b"iprp", b"iref", b"idat", b"dinf", b"grpl"}),
    b"iinf": frozenset({b"infe"}),
    b"iprp": frozenset({b"ipco", b"ipma"}),
    b"ipco": frozenset({b"ispe", b"pixi", b"av1C", b"colr", b"auxC", b"irot", b"imir", b"clap", b"pasp"})
    | {b"a1lx", b"a1op", b"lsel", b"clli", b"mdcv", b"cclv", b"amve", b"ndwt", b"reve", b"iscl", b"rloc"},
    b"moov": frozenset({b"mvhd", b"trak"}),
    b"trak": frozenset({b"tkhd", b"tref", b"edts", b"mdia"}),
    b"edts": frozenset({b"elst"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
    b"minf": frozenset({b"vmhd", b"nmhd", b"hdlr", b"dinf", b"stbl"}),
    b"dinf": frozenset({b"dref"}),
    b"dref": frozenset({b"url ", b"urn "}),
    b"stbl": frozenset({b"stsd", b"stts", b"stsz", b"stsc", b"stco", b"co64", b"stss", b"ctts", b"cslg", b"sdtp"}),
    b"stsd": frozenset({b"av01"}),
    b"av01": frozenset({b"av1C", b"colr", b"ccst", b"auxi", b"pasp", b"clap", b"clli", b"mdcv", b"cclv", b"amve"}),
}
# Bytes before the child boxes: versions, counts, fields of a sample entry.
FLAGS_BYTES = {b"meta": 4, b"iinf": 6, b"dref": 8, b"stsd": 8, b"av01": 78}
EXIF = b"Exif"
Ranges = list[tuple[int, int]]


def _times(box: bytes) -> Ranges:
    """Returns the ranges of the times of creation and modification."""
    return [(4, 20 if box[:1] == b"\1" else 12)]


def _item_name(box: bytes) -> Ranges:
    """Returns the range of the name, which follows the kind, which follows a number of 2 or 4 bytes.

    For EXIF the range includes the kind: libavif, and Pillow with it, opens no file whose EXIF is zeros.
    """
    end = 14 if box[:1] == b"\3" else 12
    return [(end - 4 if box[end - 4 : end] == EXIF else end, len(box))]


# Ranges (start, end) of free texts and times in needed boxes.
FREE_TEXTS: dict[bytes, Callable[[bytes], Ranges]] = {
    b"hdlr": lambda box: [(12, len(box))],
    b"infe": _item_name,
    b"mvhd": _times,
    b"tkhd": _times,
    b"mdhd": _times,
    b"url ": lambda box: [(4, len(box))],
    b"urn ": lambda box: [(4, len(box))],
    b"av01": lambda _: [(42, 74)],
}
