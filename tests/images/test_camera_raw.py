"""Camera raw files, recognized by their tags: a JPEG of full size is used, or the file is refused."""

import pytest
from PIL import Image

from imgopt.codecs.tiff import codec
from imgopt.errors import Unsupported
from tests import pictures
from tests.camera_raws import HEIGHT, LINEAR_RAW, MAKERS, ORIENTATION, WIDTH, dng, jpeg, preview_of, raw, thumbnail
from tests.tiffs import build, picture

REFUSED = "Camera raw files are not supported"


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
