"""TIFF of every kind of samples, colours and layout: correct colours at some pixels, or a refusal with a reason."""

import lzma
import random
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from imgopt.codecs.tiff import codec, unpacking
from imgopt.errors import InvalidImage, Unsupported
from tests import pictures, tiffs
from tests.tiffs import build, picture

WHITE_IS_ZERO, GREY, RGB, PALETTE, INKS, YCBCR, LAB, ICC_LAB = 0, 1, 2, 3, 5, 6, 8, 9
SIGNED, FLOAT = 2, 3
LZW, DEFLATE, PACK_BITS, LZMA = 5, 8, 32773, 34925
INFINITE, NOT_A_NUMBER = float("inf"), float("nan")


def grey(letter: str, *values: float, order: str = "<", big: bool = False, **tags: tiffs.Value) -> bytes:
    """Returns a TIFF with one row of samples, in the format that `struct` names."""
    row = struct.pack(f"{order}{len(values)}{letter}", *values)
    kind = {"b": SIGNED, "h": SIGNED, "i": SIGNED, "e": FLOAT, "f": FLOAT, "d": FLOAT}.get(letter.lower(), 1)
    kind = 1 if letter.isupper() else kind
    bits = 8 * struct.calcsize(letter)
    return build(picture(len(values), 1, [row], bits=bits, formats=kind, **tags), order=order, big=big)


def colors(letter: str, *pixels: tuple[float, ...], order: str = "<", **tags: tiffs.Value) -> bytes:
    """Returns a TIFF with one row of pixels."""
    samples = len(pixels[0])
    row = struct.pack(f"{order}{len(pixels) * samples}{letter}", *(value for pixel in pixels for value in pixel))
    kinds, bits = [FLOAT if letter in "efd" else 1] * samples, [8 * struct.calcsize(letter)] * samples
    tags = {"photometric": RGB, **tags}
    return build(picture(len(pixels), 1, [row], bits=bits, samples=samples, formats=kinds, **tags), order=order)


def packed(bits: int, *values: int) -> bytes:
    """Samples packed into bytes from the highest bit on."""
    text = "".join(f"{value:0{bits}b}" for value in values)
    row = bytes(int(text[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(text), 8))
    return build(picture(len(values), 1, [row], bits=bits))


def byte_planes(*values: float, size: int) -> bytes:
    """One row of floats under the floating-point predictor: bytes by significance, as differences."""
    letter = {2: "e", 4: "f", 8: "d"}[size]
    whole = [struct.pack(f">{letter}", value) for value in values]
    planes = bytes(each[number] for number in range(size) for each in whole)
    differences = bytes((after - before) % 256 for before, after in zip(b"\0" + planes, planes, strict=False))
    tags = {"bits": 8 * size, "formats": FLOAT, "predictor": 3, "compression": DEFLATE}
    return build(picture(len(values), 1, [zlib.compress(differences)], **tags))


def saved(image: Image.Image, compression: str) -> bytes:
    return pictures.encode(image, "TIFF", compression=compression)


def palette_of(*reds: int) -> list[int]:
    return [*reds, *(0 for _ in reds), *(0xFFFF for _ in reds)]


def planes_in_tiles() -> bytes:
    """Red, green and blue apart, each in one tile that is larger than the picture."""
    planes = [bytes([value]) * 256 for value in (200, 100, 50)]
    tags = {"bits": [8] * 3, "photometric": RGB, "planar": 2, "tile_width": 16, "tile_height": 16}
    return build(picture(2, 1, planes, samples=3, **tags))


def half_planes() -> bytes:
    planes = [struct.pack("<2e", value, value) for value in (1, 0, 0.5)]
    return build(picture(2, 1, planes, bits=[16] * 3, formats=[FLOAT] * 3, photometric=RGB, planar=2, samples=3))


def subsampled() -> bytes:
    """Brightness of four pixels to one pair of differences of colour."""
    tags = {"bits": [8] * 3, "photometric": YCBCR, "subsampling": [2, 2]}
    return build(picture(2, 2, [bytes((76, 76, 76, 76, 85, 255))], samples=3, **tags))


MIDDLE = struct.pack("<H", 0x8000)
RED, NEAR_WHITE = (255, 0, 0), (254, 255, 254)
# The file, and the colours of its pixels.
KINDS = {
    "1 bit": (packed(1, 0, 1, 1), [0, 255, 255]),
    "2 bits": (packed(2, 0, 1, 3), [0, 85, 255]),
    "4 bits": (packed(4, 0, 8, 15), [0, 136, 255]),
    "6 bits": (packed(6, 0, 32, 63), [0, 129, 255]),
    "10 bits": (packed(10, 0, 512, 1023), [0, 128, 255]),
    "12 bits": (packed(12, 0, 2048, 4095), [0, 128, 255]),
    "14 bits": (packed(14, 0, 8192, 16383, 4096), [0, 128, 255, 64]),
    "16 bits": (grey("H", 0, 0x8000, 0xFFFF), [0, 128, 255]),
    "16 bits, big-endian": (grey("H", 0, 0x8000, 0xFFFF, order=">"), [0, 128, 255]),
    "32 bits": (grey("I", 0, 1 << 31, (1 << 32) - 1), [0, 128, 255]),
    "32 bits, big-endian": (grey("I", 0, 1 << 31, (1 << 32) - 1, order=">"), [0, 128, 255]),
    "32 bits that hold 16": (grey("I", 0, 0x8000, 0xFFFF), [0, 128, 255]),
    "signed 8 bits": (grey("b", 0, 64, 127), [0, 129, 255]),
    "signed 16 bits": (grey("h", 0, 0x4000, 0x7FFF), [0, 128, 255]),
    "signed 8 bits, 0 is white": (grey("b", 0, 64, 127, photometric=WHITE_IS_ZERO), [255, 127, 0]),
    "signed 16 bits, 0 is white": (grey("h", 0, 0x4000, 0x7FFF, photometric=WHITE_IS_ZERO), [255, 128, 0]),
    "signed 32 bits, 0 is white": (grey("i", 0, 1 << 30, (1 << 31) - 1, photometric=WHITE_IS_ZERO), [255, 128, 0]),
    "signed 32 bits": (grey("i", 0, 1 << 30, (1 << 31) - 1), [0, 128, 255]),
    "signed 32 bits that hold 8": (grey("i", 0, 128, 255), [0, 128, 255]),
    "16-bit floats": (grey("e", 0, 0.5, 1), [0, 188, 255]),
    "32-bit floats": (grey("f", 0, 0.5, 1), [0, 188, 255]),
    "32-bit floats, big-endian": (grey("f", 0, 0.5, 1, order=">"), [0, 188, 255]),
    "64-bit floats": (grey("d", 0, 0.5, 1), [0, 188, 255]),
    "64-bit floats, big-endian": (grey("d", 0, 0.5, 1, order=">"), [0, 188, 255]),
    "float colours": (colors("f", (0, 0.5, 1)), [(0, 188, 255)]),
    "double colours": (colors("d", (0, 0.5, 1)), [(0, 188, 255)]),
    "half colours": (colors("e", (0, 0.5, 1)), [(0, 188, 255)]),
    "half colours apart": (half_planes(), [(255, 0, 188)] * 2),
    "floats above 1": (grey("f", 0, 0.5, 1, 1.01, 40), [0, 188, 255, 255, 255]),
    "floats without end, below 0 and none": (
        grey("f", 0, INFINITE, -INFINITE, NOT_A_NUMBER, -1, 0.5),
        [0, 255, 0, 0, 0, 188],
    ),
    "floats that hold 8 bits": (grey("f", 0, 128, 255), [0, 128, 255]),
    "float colours that hold 8 bits": (colors("f", (0, 128, 255)), [(0, 128, 255)]),
    "floats whose white is zero": (grey("f", 0, 0.5, 1, photometric=WHITE_IS_ZERO), [255, 188, 0]),
    "predictor of 16-bit floats": (byte_planes(0, 0.5, 1, size=2), [0, 188, 255]),
    "predictor of floats": (byte_planes(0, 0.5, 1, size=4), [0, 188, 255]),
    "predictor of doubles": (byte_planes(0, 0.5, 1, size=8), [0, 188, 255]),
    "predictor of integers": (
        build(picture(3, 1, [zlib.compress(bytes((10, 20, 225)))], compression=DEFLATE, predictor=2)),
        [10, 30, 255],
    ),
    "white is zero": (grey("B", 0, 100, 255, photometric=WHITE_IS_ZERO), [255, 155, 0]),
    "white is zero in 32 bits": (grey("I", 0, (1 << 32) - 1, photometric=WHITE_IS_ZERO), [255, 0]),
    "palette": (
        build(picture(2, 1, [b"\0\1"], photometric=PALETTE, colors=palette_of(*range(0, 65536, 256)))),
        [(0, 0, 255), (1, 0, 255)],
    ),
    "palette of 4 bits": (
        build(picture(2, 1, [b"\x0f"], bits=4, photometric=PALETTE, colors=palette_of(*range(0, 65536, 4369)))),
        [(0, 0, 255), (255, 0, 255)],
    ),
    "alpha": (colors("B", (200, 100, 50, 128), extra=2), [(200, 100, 50, 128)]),
    "alpha in the colours": (colors("B", (100, 50, 25, 128), extra=1), [(199, 99, 49, 128)]),
    "alpha in colours of 32 bits": (
        colors("I", (1 << 30, 1 << 29, 0, 1 << 31), extra=1),
        [(128, 64, 0, 128)],
    ),
    "alpha in float colours": (colors("f", (0.25, 0.5, 0, 0.5), extra=1), [(188, 255, 0, 128)]),
    "alpha of grey floats": (colors("f", (0.5, 0.5), photometric=GREY, extra=2), [(188, 128)]),
    "a sample that is no alpha": (colors("B", (200, 100, 50, 7), extra=0), [(200, 100, 50)]),
    "alpha behind another sample": (colors("B", (200, 100, 50, 7, 128), extra=[0, 2]), [(200, 100, 50, 128)]),
    "inks": (colors("B", (0, 255, 255, 0), photometric=INKS), [RED]),
    "inks of 16 bits": (colors("H", (0, 0xFFFF, 0xFFFF, 0), photometric=INKS), [RED]),
    "inks and alpha": (colors("B", (0, 255, 255, 0, 9), photometric=INKS, extra=2), [(*RED, 9)]),
    "brightness and differences": (colors("B", (76, 85, 255), photometric=YCBCR, subsampling=[1, 1]), [(254, 0, 0)]),
    "fewer differences": (subsampled(), [(254, 0, 0)] * 4),
    "L*a*b*": (colors("B", (255, 0, 0), photometric=LAB), [NEAR_WHITE]),
    "L*a*b* of 16 bits": (colors("H", (0xFFFF, 0, 0), photometric=LAB), [NEAR_WHITE]),
    "L*a*b* of ICC": (colors("B", (255, 128, 128), photometric=ICC_LAB), [NEAR_WHITE]),
    "colours apart in tiles": (planes_in_tiles(), [(200, 100, 50)] * 2),
    "BigTIFF": (grey("B", 1, 2, 3, big=True), [1, 2, 3]),
    "BigTIFF, big-endian": (grey("H", 0, 0x8000, order=">", big=True), [0, 128]),
    "LZMA": (build(picture(3, 1, [lzma.compress(b"\1\2\3")], compression=LZMA)), [1, 2, 3]),
    "LZMA of 16 bits": (build(picture(1, 1, [lzma.compress(MIDDLE)], bits=16, compression=LZMA)), [128]),
    "LZMA with a predictor": (
        build(picture(3, 1, [lzma.compress(b"\1\1\1")], compression=LZMA, predictor=2)),
        [1, 2, 3],
    ),
    "Zstandard": (saved(Image.new("RGB", (1, 1), (1, 2, 3)), "zstd"), [(1, 2, 3)]),
    "Zstandard of 16 bits": (saved(Image.new("I;16", (1, 1), 0x8000), "zstd"), [128]),
    "a first page that is reduced": (
        build(picture(1, 1, [b"\7"], subfile=1), picture(2, 1, [b"\1\2"])),
        [1, 2],
    ),
    "a first page that is a mask": (build(picture(1, 1, [b"\7"], subfile=4), picture(2, 1, [b"\1\2"])), [1, 2]),
    "a page that is reduced, of no other": (build(picture(2, 1, [b"\1\2"], subfile=1)), [1, 2]),
    "upside down": (build(picture(1, 2, [b"\1\2"], orientation=4)), [2, 1]),
    "upside down, of 12 bits": (build(picture(1, 2, [b"\0\0\xff\xf0"], bits=12, orientation=4)), [255, 0]),
    "more depths than samples": (
        build(picture(1, 1, [b"\1\2\3"], bits=[8, 8, 8, 1], samples=3, photometric=RGB)),
        [(1, 2, 3)],
    ),
    "a strip that says it is longer": (build(picture(1, 1, [b"\7" * 9])), [7]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_colours_are_those_that_the_samples_say(kind):
    data, expected = KINDS[kind]
    image = codec.read(data)
    assert (image.width, image.height) == (pictures.header(data).width, pictures.header(data).height)
    assert list(image.get_flattened_data()) == expected
    assert pictures.header(data).has_alpha == (image.mode in ("LA", "RGBA"))


def test_a_full_picture_in_a_directory_of_its_own_is_taken():
    page = picture(1, 1, [b"\7"], subfile=1)
    page.children = [picture(2, 1, [b"\1\2"])]
    assert list(codec.read(build(page)).get_flattened_data()) == [1, 2]


def test_a_profile_says_how_floats_are_seen():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (pixel,) = codec.read(colors("f", (0, 0.5, 1), profile=profile)).get_flattened_data()
    assert pixel == pytest.approx((0, 128, 255), abs=1)


# The file, and words of what is said of it when it is uploaded.
REFUSED = {
    "LERC": (picture(1, 1, [b"\0"], compression=34887), "compressed by LERC"),
    "JPEG XL": (picture(1, 1, [b"\0"], compression=50002), "compressed by JPEG XL"),
    "JPEG 2000": (picture(1, 1, [b"\0"], compression=34712), "compressed by JPEG 2000"),
    "unknown compression": (picture(1, 1, [b"\0"], compression=12345), "method 12345"),
    "24-bit floats": (picture(1, 1, [bytes(3)], bits=24, formats=FLOAT), "floating-point samples of 24 bits"),
    "64-bit integers": (picture(1, 1, [bytes(8)], bits=64), "samples of 64 bits"),
    "complex": (picture(1, 1, [bytes(8)], bits=64, formats=6), "complex samples of 64 bits"),
    "depths": (picture(1, 1, [bytes(2)], bits=[5, 6, 5], samples=3, photometric=RGB), "different depths"),
    "LogLuv": (picture(1, 1, [bytes(4)], photometric=32845, samples=3), "LogLuv"),
    "float inks": (picture(1, 1, [bytes(16)], bits=32, formats=FLOAT, samples=4, photometric=INKS), "inks"),
    "many samples": (picture(1, 1, [bytes(99)], samples=99), "99 samples"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_kind_that_is_not_read_is_refused_by_its_name_before_it_is_paid(kind):
    page, words = REFUSED[kind]
    with pytest.raises(Unsupported, match=words):
        pictures.header(build(page))
    with pytest.raises(Unsupported, match=words):
        codec.read(build(page))


@pytest.mark.parametrize(
    ("data", "words"), [(grey("h", -1, 5), "negative samples"), (grey("f", 1e4, 2e4), "above 255")]
)
def test_samples_of_which_nothing_tells_the_colour_are_refused(data, words):
    with pytest.raises(Unsupported, match=words):
        codec.read(data)


def in_strips(pack, compression: int, hurt) -> bytes:
    """Four strips of noise, of which one is hurt."""
    rows = Image.effect_noise((64, 64), 100).tobytes()
    strips = [pack(rows[at : at + 1024]) for at in range(0, 4096, 1024)]
    strips[2] = hurt(strips[2])
    return build(picture(64, 64, strips, compression=compression, rows=16))


def flip(strip: bytes) -> bytes:
    return strip[:20] + bytes(byte ^ 0x5A for byte in strip[20:60]) + strip[60:]


@pytest.mark.parametrize("hurt", [flip, lambda strip: strip[: len(strip) // 2], lambda _: b""])
@pytest.mark.parametrize(("pack", "compression"), [(zlib.compress, DEFLATE), (lzma.compress, LZMA)])
def test_a_strip_that_cannot_be_decompressed_is_an_error(pack, compression, hurt):
    assert codec.read(in_strips(pack, compression, bytes)).size == (64, 64)
    with pytest.raises(InvalidImage, match="damaged"):
        codec.read(in_strips(pack, compression, hurt))


def differences(bits: int, order: str) -> bytes:
    """Returns 64 rows of 32 samples of noise, each less the sample to its left (TIFF 6.0, section 14)."""
    letter = {8: "B", 16: "H"}[bits]
    samples = struct.unpack(f"<2048{letter}", Image.effect_noise((2048 * bits // 8, 1), 100).tobytes())
    pairs = zip((0, *samples), samples, range(2048), strict=False)
    values = [after if at % 32 == 0 else (after - before) % (1 << bits) for before, after, at in pairs]
    return struct.pack(f"{order}2048{letter}", *values)


def predicted(bits: int, order: str, checksum: int, behind: bytes = b"") -> bytes:
    """Returns a TIFF with one strip; this number is added to its checksum."""
    packed = zlib.compress(differences(bits, order))
    changed = packed[:-4] + struct.pack(">I", struct.unpack(">I", packed[-4:])[0] + checksum)
    tags = {"bits": bits, "compression": DEFLATE, "predictor": 2}
    return build(picture(32, 64, [changed + behind], **tags), order=order)


@pytest.mark.parametrize(("bits", "order"), [(8, "<"), (16, "<"), (16, ">")])
def test_a_strip_with_a_wrong_checksum_is_an_error_though_it_can_be_decompressed(bits, order):
    assert codec.read(predicted(bits, order, 0)).size == (32, 64)
    with pytest.raises(InvalidImage, match="damaged"):
        codec.read(predicted(bits, order, 1))


def test_bytes_behind_a_checksum_are_passed_over():
    assert codec.read(predicted(8, "<", 0, b"\1\2")).size == (32, 64)


@pytest.mark.parametrize(("bits", "order"), [(8, "<"), (16, "<"), (16, ">")])
def test_a_sound_strip_is_decompressed_once(bits, order, monkeypatch):
    monkeypatch.setattr(unpacking, "inflate", None)
    assert codec.read(predicted(bits, order, 0)).size == (32, 64)


PARTS = {
    "strips": {"rows": 16},
    "tiles": {"tile_width": 32, "tile_height": 32},
    "planes": {"rows": 16, "samples": 3, "photometric": 2, "planar": 2},
}
SIZES = {"strips": [640, 640, 320], "tiles": [1024] * 4, "planes": [640, 640, 320] * 3}


def in_parts(kind: str, pack=bytes, **tags: tiffs.Value) -> tiffs.Directory:
    """40 by 40 pixels of noise: three strips, the last of them lower, four tiles, or three strips for each colour."""
    chance = random.Random(1)
    return picture(40, 40, [pack(chance.randbytes(size)) for size in SIZES[kind]], **PARTS[kind], **tags)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("kind", PARTS)
def test_deflated_parts_hold_the_same_pixels(kind, big, order):
    plain = codec.read(build(in_parts(kind), big=big, order=order))
    packed = build(in_parts(kind, zlib.compress, compression=DEFLATE), big=big, order=order)
    assert codec.read(packed).tobytes() == plain.tobytes()


def test_the_last_strip_may_hold_more_rows_than_the_picture():
    strips = [bytes([value]) * 640 for value in (1, 2, 3)]
    page = picture(40, 40, [zlib.compress(each) for each in strips], compression=DEFLATE, rows=16)
    assert codec.read(build(page)).tobytes() == b"".join(strips)[:1600]


@pytest.mark.parametrize("hurt", range(4))
def test_any_tile_with_a_wrong_checksum_is_an_error(hurt):
    page = in_parts("tiles", zlib.compress, compression=DEFLATE)
    page.parts[hurt] = page.parts[hurt][:-1] + bytes([page.parts[hurt][-1] ^ 1])
    with pytest.raises(InvalidImage, match="damaged"):
        codec.read(build(page))


def test_sound_tiles_are_decompressed_once(monkeypatch):
    monkeypatch.setattr(unpacking, "inflate", None)
    assert codec.read(build(in_parts("tiles", zlib.compress, compression=DEFLATE))).size == (40, 40)


SHORT_TILES = {1: bytes(200), LZW: b"\x80\0\x55\x55\x55", DEFLATE: zlib.compress(bytes(100)), PACK_BITS: b"\x81\0"}


@pytest.mark.parametrize("compression", SHORT_TILES)
def test_a_tile_that_cannot_be_decompressed_is_an_error(compression):
    sizes = {"tile_width": 16, "tile_height": 16}
    with pytest.raises(InvalidImage, match="damaged"):
        codec.read(build(picture(16, 16, [SHORT_TILES[compression]], compression=compression, **sizes)))


@pytest.mark.parametrize("compression", [1, 2, 3, 4, LZW, DEFLATE])
def test_a_strip_without_a_byte_is_an_error(compression):
    with pytest.raises(InvalidImage, match="damaged"):
        codec.read(build(picture(8, 8, [b""], compression=compression, bits=1)))


def test_a_strip_that_is_too_short_is_an_error():
    with pytest.raises(InvalidImage, match="damaged"):
        codec.read(in_strips(bytes, 1, lambda strip: strip[:500]))


def test_a_file_with_several_pages_says_so():
    page = picture(1, 1, [b"\7"])
    assert "several pages" in pictures.header(build(page, page)).warning
    assert pictures.header(build(page)).warning is None


def test_directories_may_lead_in_a_circle():
    data = bytearray(build(picture(1, 1, [b"\7"]), picture(1, 1, [b"\6"])))
    first = struct.unpack_from("<I", data, 4)[0]
    data[-8:-4] = struct.pack("<I", first)
    assert list(codec.read(bytes(data)).get_flattened_data()) == [7]


def test_a_tile_has_no_more_pixels_than_a_picture_may_have():
    page = picture(1, 1, [b"\7"], tile_width=1 << 20, tile_height=1 << 20)
    with pytest.raises(Exception, match="Image too large"):
        pictures.header(build(page))


def test_a_manifest_is_not_kept_as_exif():
    manifest = {52545: b"jumb" * 20}
    data = pictures.encode(pictures.draw(), "TIFF", tiffinfo={**manifest, 315: "Ann"})
    done = pictures.run(data, output_format="jpg", keep_metadata="all")
    assert (b"Ann" in done.data, b"jumb" in done.data) == (True, False)


def test_a_profile_of_another_colour_space_is_ignored():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    data = pictures.encode(pictures.draw(), "TIFF", icc_profile=profile)
    assert codec.read(data).getpixel((0, 0)) == pictures.CORNER


def test_a_replacement_that_is_larger_is_a_warning():
    page = pictures.draw("1", size=(64, 64))
    fax, photo = pictures.encode(page, "TIFF", compression="group4"), pictures.encode(pictures.draw(), "TIFF")
    warnings = [str(pictures.run(each).warning) for each in (fax, photo)]
    assert ["larger than the TIFF" in each for each in warnings] == [True, False]
