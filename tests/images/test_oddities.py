"""Files of other programs that violate a specification slightly, and that all viewers show."""

import struct

import pytest
from PIL import Image, ImageCms

from imgopt.errors import InvalidImage, Unsupported
from tests import pictures
from tests.pictures import run


def icon(bits: int, rows: bytes, mask: bytes, side: int) -> bytes:
    """An icon of one bitmap: rows from the bottom up, then a mask in which a set bit is transparent."""
    bitmap = struct.pack("<IiiHHIIiiII", 40, side, 2 * side, 1, bits, 0, 0, 0, 0, 0, 0) + rows + mask
    entry = struct.pack("<BBBBHHII", side, side, 0, 0, 1, 0, len(bitmap), 22)
    return struct.pack("<HHH", 0, 1, 1) + entry + bitmap


def test_an_icon_of_24_bits_is_masked_whatever_its_directory_says():
    red = b"\x00\x00\xff" * 16
    data = icon(24, red * 16, b"\xff\xff\x00\x00" * 8 + bytes(4) * 8, 16)
    image = pictures.open_image(run(data, output_format="png", output_quality=100).data).convert("RGBA")
    assert image.getpixel((3, 3)) == (255, 0, 0, 255)
    assert image.getpixel((3, 12))[3] == 0


def test_bytes_without_meaning_between_the_segments_of_a_jpeg_are_passed_over():
    data = pictures.jpeg()
    second = 4 + int.from_bytes(data[4:6])
    assert run(data[:second] + b"junk" + data[second:]).width == pictures.WIDTH


def test_a_profile_that_is_none_is_ignored():
    data = pictures.encode(pictures.draw(), "JPEG", quality=95, icc_profile=b"no profile" * 20)
    assert pictures.distance(pictures.open_image(run(data).data), pictures.draw()) < 12


def test_lab_colours_become_rgb():
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    picture = ImageCms.profileToProfile(pictures.draw(), srgb, lab, outputMode="LAB")
    image = pictures.open_image(run(pictures.encode(picture, "TIFF")).data)
    assert pictures.distance(image, pictures.draw()) < 12


def test_brightness_and_colour_differences_become_rgb():
    image = pictures.open_image(run(pictures.encode(pictures.draw("YCbCr"), "TIFF")).data)
    assert pictures.distance(image, pictures.draw()) < 12


def test_a_grey_image_with_a_profile_for_colour_stays_grey():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = pictures.encode(pictures.draw("L"), "PNG", icc_profile=profile)
    image = pictures.open_image(run(data, output_format="jpg").data)
    assert image.mode == "L"
    assert pictures.distance(image, pictures.draw("L")) < 6


def test_the_largest_image_of_an_icon_is_taken():
    data = pictures.encode(Image.new("RGB", (64, 64), "blue"), "ICO", sizes=[(16, 16), (64, 64), (32, 32)])
    assert (run(data, output_format="png").width, pictures.header(data).width) == (64, 64)


def test_colours_that_avif_names_by_number_are_converted():
    data = pictures.encode(Image.new("RGB", (64, 64), (200, 60, 60)), "AVIF", quality=95)
    wide = data.replace(b"nclx" + (1).to_bytes(2), b"nclx" + (12).to_bytes(2))
    assert wide != data
    red, green, _ = pictures.open_image(run(wide, output_format="png").data).convert("RGB").getpixel((30, 30))
    assert red > 208
    assert green < 52


def cut_scan(data: bytes) -> bytes:
    """Cuts off the second half of the scan, and keeps the end marker."""
    start = data.index(b"\xff\xda")
    return data[: (start + len(data)) // 2] + b"\xff\xd9"


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("size", [{}, {"output_width": 8}])
def test_a_jpeg_whose_scan_ends_early_is_not_grey_below(mode, size):
    noise = Image.effect_noise((96, 96), 120).convert(mode)
    data = cut_scan(pictures.encode(noise, "JPEG", quality=90))
    with pytest.raises(InvalidImage, match="fewer pixels"):
        run(data, output_format="png", **size)


def test_a_jpeg_that_is_grey_below_is_read():
    data = pictures.encode(Image.new("RGB", (64, 64), (128, 128, 128)), "JPEG")
    second = 4 + int.from_bytes(data[4:6])
    assert run(data[:second] + b"junk" + data[second:], output_format="png").width == 64


@pytest.mark.parametrize(
    ("marker", "bits", "said"),
    [(0xC1, 12, "JPEG images of 12 bits per sample"), (0xC3, 16, "of 16 bits"), (0xC5, 8, "Hierarchical JPEG images")],
)
def test_a_jpeg_of_another_kind_is_refused_by_its_name(marker, bits, said):
    data = bytearray(pictures.jpeg())
    frame = data.index(b"\xff\xc0")
    data[frame + 1], data[frame + 4] = marker, bits
    with pytest.raises(Unsupported, match=said):
        pictures.header(bytes(data))
