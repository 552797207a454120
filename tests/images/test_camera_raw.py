"""Camera raw files, told by their tags: a JPEG of full size in place of the raw picture, or a refusal."""

import struct

import pytest
from PIL import Image

from imgopt.codecs.tiff import codec
from imgopt.errors import Unsupported
from tests import pictures, tiffs
from tests.tiffs import Directory, build, picture

RGB, YCBCR, FILTER_ARRAY, LINEAR_RAW = 2, 6, 32803, 34892
ORIENTATION, DNG_VERSION, RAW_SLICES = 274, 50706, 50752
WIDTH, HEIGHT = 120, 80
REFUSED = "Camera raw files are not developed here"


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


@pytest.mark.parametrize("maker", MAKERS)
def test_the_preview_of_full_size_is_taken_and_that_is_said(maker):
    data = MAKERS[maker](jpeg())
    header = pictures.header(data)
    assert (header.format, header.width, header.height) == ("tiff", WIDTH, HEIGHT)
    assert pictures.distance(codec.read(data), pictures.draw(size=(WIDTH, HEIGHT))) < 6
    assert "camera raw file" in header.warning
    assert f"{WIDTH} x {HEIGHT}" in header.warning


@pytest.mark.parametrize("maker", MAKERS)
def test_a_smaller_preview_is_refused_before_it_is_paid(maker):
    data = MAKERS[maker](jpeg(60, 40))
    with pytest.raises(Unsupported, match=REFUSED):
        pictures.header(data)
    with pytest.raises(Unsupported, match=REFUSED):
        codec.read(data)


@pytest.mark.parametrize("data", [dng(), build(raw()), build(raw(photometric=LINEAR_RAW, samples=3, bits=[16] * 3))])
def test_raw_pixels_alone_are_refused(data):
    with pytest.raises(Unsupported, match=REFUSED):
        pictures.header(data)


def test_a_job_says_what_was_taken():
    done = pictures.run(dng(jpeg()), output_width=60)
    assert (done.width, done.height, done.format) == (60, 40, "jpg")
    assert "camera raw file" in done.warning


@pytest.mark.parametrize(("own", "root"), [(1, 6), (6, 6), (6, 1)])
def test_a_preview_is_turned_once(own, root):
    exif = Image.Exif()
    exif[ORIENTATION] = own
    preview = jpeg(exif=exif) if own > 1 else jpeg()
    first = thumbnail(orientation=root)
    first.children = [raw(), preview_of(preview)]
    data = build(first)
    header = pictures.header(data)
    assert (header.width, header.height) == codec.read(data).size == (HEIGHT, WIDTH)


def test_edges_that_are_cut_off_are_not_counted():
    assert pictures.header(dng(jpeg(), width=WIDTH * 2, height=HEIGHT * 2, crop=[WIDTH, HEIGHT])).width == WIDTH


def test_a_photo_that_is_framed_in_another_proportion_is_of_full_size():
    assert pictures.header(dng(jpeg(WIDTH, HEIGHT // 2))).height == HEIGHT // 2
    assert pictures.header(dng(jpeg(HEIGHT, HEIGHT))).width == HEIGHT


def test_raw_pixels_in_a_jpeg_are_no_preview():
    with pytest.raises(Unsupported, match=REFUSED):
        pictures.header(build(raw(compression=7)))


def test_a_picture_whose_first_pixels_are_the_letters_of_canon_is_none_of_its_raw_files():
    assert codec.read(build(picture(4, 1, [b"CRCR"]))).tobytes() == b"CRCR"
