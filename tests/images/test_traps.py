"""Known problems of image libraries, and complaints of users of such services, with a test for each."""

import pytest
from PIL import Image, ImageFilter

from imgopt.codecs.gif import codec as gif
from imgopt.codecs.png import codec as png
from imgopt.errors import ImgoptError, InvalidRequest, TooLarge
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import check_image
from tests import inputs, pictures, profiles
from tests.pictures import draw, encode, header, open_image, run
from tests.similarity import error, similarity

COMMENT = b"made by a camera that talks"


def photo(size: tuple[int, int]) -> Image.Image:
    """Detail of every scale: grain, edges and soft areas."""
    grain = Image.effect_noise(size, 60).filter(ImageFilter.GaussianBlur(1.2))
    lines = Image.effect_mandelbrot(size, (-2, -1.2, 1, 1.2), 90)
    return Image.merge("RGB", (lines, grain, Image.blend(lines, draw("L", size=size), 0.5)))


@pytest.mark.parametrize("name", [name for name in inputs.MAKERS if name != "svg"])
@pytest.mark.parametrize("kept", [0.2, 0.6])
def test_a_truncated_file_of_any_kind_is_a_public_error(name, kept):
    data = inputs.data_of(name)
    with pytest.raises(ImgoptError):
        run(data[: int(len(data) * kept)], output_format="png")


@pytest.mark.parametrize("pillow_name", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_a_profile_is_applied_before_it_is_dropped(pillow_name):
    data = encode(draw(), pillow_name, icc_profile=pictures.swapped_profile(), **{"quality": 95})
    image = open_image(run(data, output_format="png", output_quality=100).data)
    red, green, _ = image.convert("RGB").getpixel((2, 2))
    assert green > 200 > red
    assert "icc_profile" not in image.info


@pytest.mark.parametrize("pillow_name", ["JPEG", "TIFF"])
def test_cmyk_is_translated_by_its_own_profile(pillow_name):
    data = encode(draw("CMYK"), pillow_name, icc_profile=profiles.green_press())
    image = open_image(run(data, output_format="png", output_quality=100).data).convert("RGB")
    red, green, blue = image.getpixel((2, 2))
    assert green > red + 50
    assert green > blue + 50


def test_a_damaged_profile_is_ignored():
    data = encode(draw(), "PNG", icc_profile=b"no profile at all")
    assert similarity(open_image(run(data, output_quality=100, output_format="webp").data), draw()) > 0.9


def test_a_profile_of_another_colour_space_is_ignored():
    data = encode(draw(), "PNG", icc_profile=profiles.green_press())
    assert similarity(open_image(run(data, output_quality=100, output_format="webp").data), draw()) > 0.9


@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif", "gif"])
@pytest.mark.parametrize("pillow_name", ["JPEG", "GIF"])
def test_comments_are_dropped(pillow_name, target):
    data = encode(draw(), pillow_name, comment=COMMENT)
    assert COMMENT in data
    assert COMMENT not in run(data, output_format=target).data


def test_comments_are_dropped_from_an_original_that_is_given_back():
    data = encode(open_image(encode(draw(), "JPEG", quality=5)), "JPEG", quality=5, comment=COMMENT)
    done = run(data, output_quality=100)
    assert done.original_returned
    assert COMMENT not in done.data


def test_the_profile_of_an_original_that_is_given_back_stays():
    data = encode(draw(), "JPEG", quality=5, icc_profile=pictures.swapped_profile())
    done = run(data, output_quality=100)
    assert done.original_returned
    assert open_image(done.data).info["icc_profile"] == pictures.swapped_profile()


@pytest.mark.parametrize("size", [(300, 200), (1000, 300)])
def test_fewer_colours_are_never_larger(size):
    picture = draw(size=size)
    assert len(png.encode(picture, 80).data) <= len(png.encode(picture, 100).data)


def test_noise_never_makes_a_still_gif_larger():
    sizes = [len(gif.encode(draw(size=(200, 130)), quality).data) for quality in (30, 60, 100)]
    assert sizes == sorted(sizes)


def test_a_picture_that_was_made_of_nothing_is_refused():
    with pytest.raises(ImgoptError):
        run(b"")


@pytest.mark.parametrize("factor", [0.5, 0.24, 0.1])
def test_a_jpeg_shrunk_while_it_is_decoded_is_as_sharp_as_one_that_is_not(factor):
    data = encode(photo((600, 400)), "JPEG", quality=95, subsampling=0)
    size = round(600 * factor), round(400 * factor)
    done = open_image(run(data, output_format="png", output_quality=100, output_width=size[0]).data)
    full = open_image(data).resize(size, Image.Resampling.LANCZOS)
    assert similarity(done, full) > 0.985
    assert error(done, full) < 3


@pytest.mark.parametrize("size", [20, 100])
@pytest.mark.parametrize("source", ["PNG", "WEBP", "TIFF"])
def test_soft_edges_on_nothing_get_no_dark_fringe(source, size):
    """Transparent pixels are black underneath, and must not shine through."""
    picture = Image.new("RGBA", (48, 48), (0, 0, 0, 0))
    picture.paste((255, 255, 255, 255), (12, 12, 36, 36))
    data = encode(picture, source, **({"lossless": True, "exact": True} if source == "WEBP" else {}))
    image = open_image(run(data, output_format="png", output_quality=100, output_width=size).data).convert("RGBA")
    shown = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    assert min(low for low, _ in shown.getextrema()) > 250


@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif"])
def test_the_result_is_never_larger_where_only_compression_was_asked(target):
    data = run(inputs.data_of("jpg"), output_format=target, output_quality=40).data
    for quality in (20, 60, 100):
        assert len(run(data, output_quality=quality).data) <= len(data)


@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif", "gif"])
@pytest.mark.parametrize("share", [0.7, 0.3])
def test_a_limit_on_bytes_is_met_by_quality_and_then_by_size(target, share):
    data = encode(photo((120, 80)), "PNG")
    limit = int(len(run(data, output_format=target, output_quality=90).data) * share)
    done = run(data, output_format=target, output_quality=90, output_file_size_limit=limit)
    assert len(done.data) <= limit
    assert done.size_limit_met


def test_a_limit_that_cannot_be_met_is_a_warning_and_no_error():
    done = run(encode(photo((240, 160)), "PNG"), output_format="jpg", output_width=240, output_file_size_limit=100)
    assert (done.size_limit_met, done.width, done.height) == (False, 240, 160)
    assert done.warning == f"The limit of 100 bytes was not met: the file has {len(done.data)} bytes."


def test_size_limit_met_is_none_without_a_limit():
    assert run(pictures.jpeg()).size_limit_met is None


def test_the_size_that_would_come_out_is_checked_before_anything_is_done():
    wide = header(encode(Image.new("L", (2000, 10)), "PNG"))
    with pytest.raises(TooLarge):
        check_image(wide, ProcessingSettings(output_height=8192))


@pytest.mark.parametrize(("target", "side"), [("webp", 16_384), ("jpg", 65_501)])
def test_a_picture_too_long_for_the_format_is_refused(target, side):
    with pytest.raises(InvalidRequest):
        check_image(header(encode(Image.new("1", (side, 1)), "PNG")), ProcessingSettings(output_format=target))


@pytest.mark.parametrize("corner", [(0, 0), (200, 0), (0, 60), (200, 60)])
def test_a_crop_keeps_what_stands_out(corner):
    picture = Image.new("RGB", (300, 120), (120, 125, 130))
    picture.paste((230, 20, 20), (*corner, corner[0] + 40, corner[1] + 40))
    done = run(encode(picture, "PNG"), output_width=60, output_height=60, output_resize_behavior="crop")
    reds = [red for red, green, _ in open_image(done.data).convert("RGB").get_flattened_data() if red > green + 80]
    assert len(reds) > 250


@pytest.mark.parametrize("keep", ["none", "copyright", "all"])
@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif"])
def test_metadata_stays_as_far_as_was_asked(keep, target):
    exif = Image.Exif()
    exif[0x8298], exif[0x010F], exif[0x0112] = "(c) somebody", "A camera", 1
    exif.get_ifd(0x8825)[1] = "N"
    done = open_image(run(encode(draw(), "JPEG", exif=exif), output_format=target, keep_metadata=keep).data)
    found = done.getexif()
    assert (0x8298 in found) == (keep != "none")
    assert (0x010F in found) == bool(found.get_ifd(0x8825)) == (keep == "all")
    assert found.get(0x0112, 1) == 1
    assert bool(found) == (keep != "none")


@pytest.mark.parametrize("pillow_name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_metadata_is_kept_from_every_format_that_holds_it(pillow_name):
    exif = Image.Exif()
    exif[0x8298], exif[0x0112] = "(c) somebody", 6
    done = run(encode(draw(), pillow_name, exif=exif), output_format="webp", keep_metadata="copyright")
    assert open_image(done.data).getexif()[0x8298] == "(c) somebody"
