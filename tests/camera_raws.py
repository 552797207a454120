"""Camera raw files with the structure that cameras write: a thumbnail, few raw pixels, and a JPEG."""

import struct

from tests import pictures, tiffs
from tests.tiffs import Directory, build, picture

RGB, YCBCR, FILTER_ARRAY, LINEAR_RAW = 2, 6, 32803, 34892
ORIENTATION, DNG_VERSION, RAW_SLICES = 274, 50706, 50752
WIDTH, HEIGHT = 120, 80


def jpeg(width: int = WIDTH, height: int = HEIGHT, **options: object) -> bytes:
    return pictures.encode(pictures.draw(size=(width, height)), "JPEG", quality=90, **options)


def thumbnail(**tags: tiffs.Value) -> Directory:
    """Small and not compressed, as the first picture of many a file."""
    pixels = bytes(16 * 12 * 3)
    return picture(16, 12, [pixels], bits=[8] * 3, samples=3, photometric=RGB, subfile=1, **tags)


def raw(width: int = WIDTH, height: int = HEIGHT, **tags: tiffs.Value) -> Directory:
    return picture(width, height, [bytes(64)], **{"bits": 12, "photometric": FILTER_ARRAY, "subfile": 0, **tags})


def preview_of(data: bytes, compression: int = 7) -> Directory:
    kind = {"bits": [8] * 3, "photometric": YCBCR, "compression": compression, "subfile": 1}
    return picture(WIDTH, HEIGHT, [data], samples=3, **kind)


def interchanged(data: bytes) -> Directory:
    """A JPEG that a directory names by its offset and length."""
    return Directory({259: 6, tiffs.JPEG: data})


def lossless(width: int, height: int, components: int) -> bytes:
    """The beginning of Canon's raw pixels: a lossless frame whose columns are dealt out to its components."""
    frame = struct.pack(">BHHB", 14, height, width // components, components) + bytes(3 * components)
    return b"\xff\xd8\xff\xc4\0\4\0\0\xff\xc3" + struct.pack(">H", len(frame) + 2) + frame


def dng(preview: bytes = b"", **tags: tiffs.Value) -> bytes:
    root = thumbnail()
    root.tags[DNG_VERSION] = b"\1\4\0\0"
    root.children = [raw(**tags), *([preview_of(preview)] if preview else [])]
    return build(root)


def nef(preview: bytes) -> bytes:
    root = thumbnail()
    root.children = [interchanged(preview), raw(compression=34713)]
    return build(root, order=">")


def cr2(preview: bytes) -> bytes:
    root = preview_of(preview, compression=6)
    del root.tags[254]
    last = Directory({259: 6, RAW_SLICES: [1, 2, 3]}, [lossless(WIDTH, HEIGHT, 2)])
    return build(root, interchanged(jpeg(16, 12)), last, mark=b"CR\2\0" + bytes(4))


def arw(preview: bytes) -> bytes:
    root = interchanged(jpeg(40, 26))
    root.children = [raw(compression=32767)]
    return build(root, interchanged(jpeg(16, 12)), interchanged(preview))


def pef(preview: bytes) -> bytes:
    return build(raw(compression=65535), interchanged(jpeg(16, 12)), interchanged(preview), order=">")


def rw2(preview: bytes) -> bytes:
    sensor = {2: WIDTH + 8, 3: HEIGHT + 8, 4: 4, 5: 4, 6: HEIGHT + 4, 7: WIDTH + 4}
    return build(Directory({**sensor, 259: 34316, 46: preview}), magic=0x55)


def orf(preview: bytes) -> bytes:
    return build(raw(bits=16), interchanged(preview), magic=0x4F52)


MAKERS = {"dng": dng, "nef": nef, "cr2": cr2, "arw": arw, "pef": pef, "rw2": rw2, "orf": orf}
