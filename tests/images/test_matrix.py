"""Every kind of input in every output format by every operation: the result shows the same picture."""

from types import SimpleNamespace

import pytest
from PIL import Image

from imgopt.codecs.formats import FORMATS
from tests import inputs, pictures
from tests.inputs import MAKERS, data_of, shown_by
from tests.pictures import open_image, run
from tests.similarity import error, similarity

RASTER = ("jpg", "png", "webp", "avif", "gif")
WITH_ALPHA = frozenset({"png", "webp", "avif", "gif", "ico"})
ONE_OF_EACH = ("jpg", "png alpha", "webp", "avif alpha", "gif", "svg", "ico", "heic", "tiff", "bmp")
# Structural similarity, and root mean square error where colours and sharp edges of so small a picture suffer.
ALIKE, LARGEST_ERROR = 0.9, 11.0
OPERATIONS = {
    "width": ({"output_width": 24}, (24, 16)),
    "larger height": ({"output_height": 64}, (96, 64)),
    "pad": ({"output_width": 40, "output_height": 40}, (40, 40)),
    "crop": ({"output_width": 32, "output_height": 32, "output_resize_behavior": "crop"}, (32, 32)),
}
ORIGINALS = {"heic": "jpg", "tiff": "jpg", "bmp": "jpg"}


def check(done: SimpleNamespace, target: str, expected: Image.Image, alike: float = ALIKE) -> None:
    image = open_image(done.data)
    assert (done.format, image.format) == (target, FORMATS[target].pillow_name)
    assert (done.width, done.height) == image.size == expected.size
    assert "icc_profile" not in image.info
    assert image.getexif().get(0x0112, 1) == 1
    assert similarity(image, expected) > alike
    assert error(image, expected) < LARGEST_ERROR


def for_output(picture: Image.Image, target: str) -> Image.Image:
    if target in WITH_ALPHA or picture.mode not in ("LA", "RGBA"):
        return picture
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA")).convert("RGB")


# Without a profile, libvips takes CMYK for that of a common press: the same picture, in other colours.
@pytest.mark.parametrize("source", sorted(set(MAKERS) - {"tiff cmyk"}))
def test_every_kind_of_file_shows_what_it_holds(source):
    done = run(data_of(source), output_format="png", output_quality=100)
    check(done, "png", shown_by(source))


@pytest.mark.parametrize("source", ONE_OF_EACH)
@pytest.mark.parametrize("target", RASTER)
def test_every_format_becomes_every_other(source, target):
    picture = for_output(shown_by(source), target)
    check(run(data_of(source), output_format=target, output_quality=95), target, picture, alike=0.88)


# What is read and what is written meet in every pair above; here each meets every operation. An ICO is a square.
@pytest.mark.parametrize(
    ("source", "target"),
    [*((name, "png") for name in ONE_OF_EACH if name != "ico"), *(("jpg", name) for name in RASTER)],
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_sizes_are_exact_in_every_format(source, target, operation):
    asked, size = OPERATIONS[operation]
    done = run(data_of(source), output_format=target, output_quality=90, **asked)
    image = open_image(done.data)
    assert (done.width, done.height) == image.size == size
    assert done.format == target


@pytest.mark.parametrize("source", ONE_OF_EACH)
@pytest.mark.parametrize("operation", ["width", "larger height"])
def test_a_resized_picture_is_what_a_full_decode_and_lanczos_would_be(source, operation):
    asked, size = OPERATIONS[operation]
    picture = shown_by(source)
    if source == "ico":
        size = (size[0] if "output_width" in asked else size[1],) * 2
    done = run(data_of(source), output_format="png", output_quality=100, **asked)
    check(done, "png", picture.resize(size, Image.Resampling.LANCZOS))


@pytest.mark.parametrize("source", ["jpg", "heic", "tiff", "bmp", "svg"])
def test_padding_of_an_opaque_picture_is_white(source):
    picture = Image.new("RGB", (60, 60), "white")
    picture.paste(shown_by(source).resize((60, 40), Image.Resampling.LANCZOS), (0, 10))
    done = run(data_of(source), output_format="png", output_quality=100, output_width=60, output_height=60)
    image = open_image(done.data).convert("RGBA")
    assert similarity(image, picture) > ALIKE or source == "svg"
    assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


@pytest.mark.parametrize("source", ["png alpha", "avif alpha", "webp alpha", "heic alpha", "tiff alpha", "bmp alpha"])
@pytest.mark.parametrize(("target", "ground"), [("png", 0), ("webp", 0), ("avif", 0), ("gif", 0), ("jpg", 255)])
def test_padding_of_a_picture_with_alpha_is_transparent_where_it_can_be(source, target, ground):
    done = run(data_of(source), output_format=target, output_width=60, output_height=60, output_quality=95)
    image = open_image(done.data).convert("RGBA")
    assert image.getpixel((2, 2))[3] == ground
    assert image.getpixel((30, 20))[3] == 255
    assert min(image.getpixel((2, 2))[:3]) > 250 or ground == 0


@pytest.mark.parametrize("target", ["png", "webp", "avif", "gif"])
@pytest.mark.parametrize("source", [name for name in MAKERS if "alpha" in name or "hollow" in name])
def test_transparent_pixels_stay_transparent(source, target):
    image = open_image(run(data_of(source), output_format=target, output_quality=90).data).convert("RGBA")
    assert image.getpixel((pictures.WIDTH - 3, pictures.HEIGHT - 3))[3] == 0
    assert image.getpixel((3, 3))[3] == 255


@pytest.mark.parametrize("source", [name for name in MAKERS if name.split()[0] in ORIGINALS])
def test_formats_that_are_not_written_become_jpeg_or_png_with_alpha(source):
    done = run(data_of(source))
    assert done.format == ("png" if "alpha" in source else "jpg")
    assert not done.original_returned


@pytest.mark.parametrize("source", ["jpg", "png alpha", "svg", "gif animated"])
def test_an_icon_holds_every_usual_size(source):
    icon = Image.open(pictures.BytesIO(run(data_of(source), output_format="ico").data))
    assert icon.info["sizes"] == {(side, side) for side in (16, 24, 32, 48, 256)}


def test_an_icon_of_a_wide_picture_has_transparent_margins():
    icon = open_image(run(inputs.svg(), output_format="ico").data).convert("RGBA")
    assert icon.size == (256, 256)
    assert icon.getpixel((128, 4))[3] == 0
    assert icon.getpixel((4, 128))[3] == 255


def test_an_icon_has_one_size_where_that_is_asked():
    icon = Image.open(pictures.BytesIO(run(pictures.png(), output_format="ico", output_width=40).data))
    assert icon.info["sizes"] == {(40, 27)}


@pytest.mark.parametrize("source", ["jpg", "png alpha", "heic"])
def test_pixels_become_vectors(source):
    done = run(data_of(source), output_format="svg")
    assert done.data.startswith(b"<svg")
    assert (done.format, done.width, done.height) == ("svg", 48, 32)


def test_a_drawing_that_stays_vectors_gets_another_size():
    done = run(inputs.svg(), output_width=96)
    assert (done.format, done.width, done.height) == ("svg", 96, 64)
    assert b'width="96"' in done.data


@pytest.mark.parametrize("source", ["gif animated", "webp animated", "png animated"])
@pytest.mark.parametrize("target", ["gif", "webp", "avif", "png"])
def test_frames_stay_where_that_is_asked(source, target):
    done = run(data_of(source), output_format=target, keep_animation=True, output_width=24)
    image = open_image(done.data)
    assert (image.n_frames, done.frames) == (4, 4)
    assert image.size == (24, 16)


@pytest.mark.parametrize("source", ["gif animated", "webp animated", "png animated"])
@pytest.mark.parametrize("target", ["jpg", "webp", "avif", "png", "gif"])
def test_frames_are_kept_by_the_animations_own_format_alone(source, target):
    done = run(data_of(source), output_format=target, output_width=24)
    frames = 4 if source.startswith(target) else 1
    assert (getattr(open_image(done.data), "n_frames", 1), done.frames) == (frames, frames)
