"""AVIF as a grid of tiles: other decoders read the whole picture and its metadata."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from imgopt.codecs.avif import codec as avif
from imgopt.codecs.avif import grid as avif_grid
from imgopt.codecs.header import read_header
from imgopt.codecs.shared import vips
from imgopt.codecs.shared.encoding import Metadata
from tests import pictures

SIZES = [(400, 300), (401, 300), (257, 129), (128, 500)]


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch):
    monkeypatch.setattr(avif, "HUGE", 0)
    monkeypatch.setattr(avif_grid, "TILE_SIDE", 128)


def difference(first: Image.Image, second: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(first.convert("RGBA"), second.convert("RGBA"))).mean)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_tiles_make_up_the_picture(mode, size):
    image = pictures.draw(mode, size)
    data = avif.encode(image, 95).data
    with Image.open(BytesIO(data)) as seen:
        assert seen.size == size
        assert difference(seen, image) < 2
    header = read_header(BytesIO(data), pictures.LIMITS)
    assert (header.format, header.width, header.height) == ("avif", *size)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_tiles_look_the_same_to_another_decoder(mode):
    image = pictures.draw(mode, (400, 300))
    data = avif.encode(image, 95).data
    other = vips.to_pillow(vips.library().Image.heifload_buffer(data))
    assert difference(other, image) < 2


def test_metadata_are_kept():
    exif = Image.Exif()
    exif[0x8298] = "Someone"
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
    data = avif.encode(pictures.draw(size=(300, 200)), 80, Metadata(exif.tobytes(), xmp)).data
    with Image.open(BytesIO(data)) as seen:
        assert seen.getexif()[0x8298] == "Someone"
        assert seen.info["xmp"] == xmp


def test_no_more_than_a_tile_is_encoded_at_a_time(monkeypatch):
    sizes = []
    write = avif._write
    monkeypatch.setattr(avif, "_write", lambda image, *rest: sizes.append(image.size) or write(image, *rest))
    avif.encode(pictures.draw("RGBA", (300, 200)), 50)
    assert sizes == [(128, 128)] * 12
