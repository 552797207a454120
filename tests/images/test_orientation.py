"""A stored orientation is applied once, in every format, and equally to header and pixels."""

import pytest
from PIL import Image

from imgopt.codecs.shared.isobmff import boxes
from tests import animations, inputs, pictures
from tests.pictures import draw, encode, header, open_image, run, upright
from tests.similarity import similarity

ALIKE = 0.9
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


def turned(pillow_name: str, orientation: int, **options: object) -> bytes:
    """Stored turned, with the EXIF orientation that turns it back."""
    stored = Image.open(pictures.BytesIO(upright(draw(), orientation)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(Image.frombytes("RGB", stored.size, stored.tobytes()), pillow_name, exif=exif, **options)


def late_exif() -> bytes:
    """A PNG whose EXIF stands behind the pixels."""
    data = turned("PNG", 6)
    start = data.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4])
    return data[:start] + data[end:-12] + data[start:end] + data[-12:]


def with_size_last(data: bytes) -> bytes:
    """A file of boxes whose only image has its size (`ispe`) behind the turn, as cameras of Sony write it."""
    known = [kind for kind, _ in boxes(data[data.index(b"ipco") + 4 :])]
    entry = data.index(b"ipma") + 12
    end = entry + 3 + data[entry + 2]
    numbers = sorted(data[entry + 3 : end], key=lambda number: known[(number & 0x7F) - 1] == b"ispe")
    return data[: entry + 3] + bytes(numbers) + data[end:]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("pillow_name", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_every_format_is_turned_upright_once(pillow_name, orientation):
    data = turned(pillow_name, orientation)
    done = run(data, output_format="png", output_quality=100, keep_metadata="all")
    image = open_image(done.data)
    assert (header(data).width, header(data).height) == image.size == (pictures.WIDTH, pictures.HEIGHT)
    assert similarity(image, draw()) > ALIKE
    assert 0x0112 not in image.getexif()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_resize_counts_in_upright_pixels(orientation):
    done = run(upright(draw(size=(480, 320)), orientation), output_width=48)
    assert similarity(open_image(done.data), draw()) > 0.85


@pytest.mark.parametrize("data", [late_exif(), encode(draw(), "JPEG", xmp=XMP), encode(draw(), "PNG")])
def test_header_and_pixels_agree_where_readers_do_not(data):
    done = run(data, output_format="webp", keep_metadata="all")
    assert open_image(done.data).size == (header(data).width, header(data).height) == (done.width, done.height)


def test_pixels_behind_a_late_orientation_are_not_squeezed():
    done = run(late_exif(), output_format="png", output_quality=100)
    assert (done.width, done.height) == (pictures.HEIGHT, pictures.WIDTH)


@pytest.mark.parametrize("data", [inputs.heic("turned"), inputs.turned_avif()], ids=["heic", "avif"])
def test_a_turn_that_stands_before_the_size_turns_it_all_the_same(data):
    done = run(with_size_last(data), output_format="png", output_quality=100)
    assert (done.width, done.height) == (pictures.WIDTH, pictures.HEIGHT)
    assert similarity(open_image(done.data), draw()) > ALIKE


@pytest.mark.parametrize("orientation", range(2, 9))
def test_an_original_that_is_given_back_is_still_turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    smallest = run(encode(open_image(upright(draw(), orientation)), "JPEG", quality=3)).data
    data = encode(open_image(smallest), "JPEG", quality=1, exif=exif)
    done = run(data, output_quality=100)
    image = open_image(done.data)
    assert (done.original_returned, image.getexif()[0x0112]) == (True, orientation)
    assert (done.width, done.height) == (header(done.data).width, header(done.data).height)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_an_avif_that_boxes_turn_is_given_back_where_it_can_not_be_smaller(orientation):
    data = turned("AVIF", orientation, quality=5)
    done = run(data, output_quality=96)
    assert (done.original_returned, done.width, done.height) == (True, pictures.WIDTH, pictures.HEIGHT)
    assert similarity(open_image(done.data), open_image(data)) > ALIKE


@pytest.mark.parametrize("pillow_name", ["WEBP", "PNG"])
def test_an_animation_is_turned_upright(pillow_name):
    exif = Image.Exif()
    exif[0x0112] = 6
    frames = [frame.transpose(Image.Transpose.ROTATE_90) for frame in animations.photo_frames(3)]
    image = open_image(run(animations.saved(frames, pillow_name, duration=50, exif=exif)).data)
    assert (image.size, image.n_frames) == ((48, 32), 3)
    assert similarity(image, animations.photo_frames(1)[0]) > ALIKE
