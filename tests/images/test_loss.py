"""The loss by earlier coding, estimated from the file."""

import pytest
from PIL import Image

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.formats import FORMATS, read_loss
from imgopt.codecs.jpeg.loss import estimate_quality
from imgopt.codecs.shared import vips
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY, NO_METADATA
from imgopt.errors import InvalidImage
from tests import inputs, pictures

TABLES = b"\xff\xdb"


@pytest.mark.parametrize("quality", [20, 50, 77, 80, 95])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpegs_tables_tell_its_quality(quality, subsampling, progressive):
    data = pictures.jpeg(quality=quality, subsampling=subsampling, progressive=progressive)
    assert estimate_quality(data) == pytest.approx(quality, abs=1)


def test_tables_of_two_bytes_a_value_are_read():
    data = pictures.jpeg(quality=50, qtables=[[16] * 64])
    at = data.index(TABLES)
    wide = b"\xff\xdb" + (2 + 1 + 128).to_bytes(2) + b"\x10" + (16).to_bytes(2) * 64
    assert estimate_quality(data[:at] + wide + data[at + 2 + 67 :]) == estimate_quality(data)


def test_the_table_of_brightness_counts():
    fine, coarse = [2] * 64, [99] * 64
    assert estimate_quality(pictures.jpeg(quality=50, qtables=[fine, coarse])) > 95
    assert estimate_quality(pictures.jpeg(quality=50, qtables=[coarse, fine])) < 35


@pytest.mark.parametrize(
    ("quality", "loss"), [(95, Loss.LIGHT), (80, Loss.MODERATE), (75, Loss.HEAVY), (10, Loss.HEAVY)]
)
def test_a_jpeg_has_lost_the_more_the_lower_its_quality(quality, loss):
    assert read_loss(pictures.jpeg(quality=quality), "jpg") is loss


def test_a_jpeg_without_a_table_is_damaged():
    data = pictures.jpeg()
    at = data.index(TABLES)
    with pytest.raises(InvalidImage, match="quantization"):
        read_loss(data[:at] + data[data.index(b"\xff\xc0") :], "jpg")


@pytest.mark.parametrize("name", ["webp", "jxl"])
@pytest.mark.parametrize(("quality", "loss"), [(60, Loss.LIGHT), (LOSSLESS_QUALITY, Loss.NONE)])
def test_files_without_loss_are_told_from_lossy_ones(name, quality, loss):
    photo = Image.effect_noise((40, 30), 60).convert("RGB")
    encode = FORMATS[name].encode
    assert read_loss(encode(photo, quality, NO_METADATA).data, name) is loss


def test_animations_in_webp_are_lossy_where_a_frame_is():
    frames = [Image.effect_noise((40, 30), 60) for _ in range(2)]
    for lossless, loss in ((False, Loss.LIGHT), (True, Loss.NONE)):
        data = pictures.encode(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=lossless)
        assert read_loss(data, "webp") is loss


@pytest.mark.parametrize(("matrix", "loss"), [(0, Loss.NONE), (6, Loss.LIGHT)])
def test_avif_has_lost_nothing_where_red_green_and_blue_are_stored(matrix, loss):
    data = pictures.encode(pictures.draw(), "AVIF")
    at = data.index(b"nclx") + 8
    assert read_loss(data[:at] + matrix.to_bytes(2) + data[at + 2 :], "avif") is loss


@pytest.mark.parametrize(
    ("name", "loss"), [("png", Loss.NONE), ("gif", Loss.NONE), ("bmp", Loss.NONE), ("heic", Loss.LIGHT)]
)
def test_other_formats_lose_always_or_never(name, loss):
    assert read_loss(inputs.data_of(name), name) is loss


@pytest.mark.parametrize(("compression", "loss"), [("jpeg", Loss.LIGHT), ("webp", Loss.LIGHT), ("lzw", Loss.NONE)])
def test_a_tiff_has_lost_something_where_it_holds_jpeg_or_webp(compression, loss):
    data = vips.from_pillow(pictures.draw()).tiffsave_buffer(compression=compression)
    assert read_loss(data, "tiff") is loss
