"""Files of image URLs: formats, quality, metadata, animations, drawings, and what is refused before it is decoded."""

import pytest
import pyvips
from PIL import Image

from imgopt.codecs.formats import FORMATS
from imgopt.errors import InvalidImage, InvalidRequest, TooLarge
from imgopt.imaging.kinds import PictureKind
from imgopt.sandbox import budget
from imgopt.transform.choice import is_left_alone, usual_format
from imgopt.transform.description import describe
from imgopt.transform.format_order import formats_by_kind
from imgopt.transform.options import Crop, Extend, Gravity, GravityType, Padding, ResizingType, TransformOptions
from imgopt.transform.variant import Output, TransformLimits, Variant
from imgopt.transform.variant_maker import make_variant
from tests import animations, inputs, pictures, png_samples, profiles

COPYRIGHT, ARTIST, MODEL, GPS = 0x8298, 0x013B, 0x0110, 0x8825
# On average, of 255 in a channel: what JPEG loses.
MOST_OFF = 4.0
HALF_RED = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="10" height="10" fill="red"/></svg>'
)
PLAIN, LIMITS = TransformOptions(), TransformLimits()


def make(
    data: bytes, name: str, options: TransformOptions = PLAIN, limits: TransformLimits = LIMITS, **asked: object
) -> Variant:
    return make_variant(data, pictures.header(data), options, Output(name, **asked), limits)


def opened(made: Variant) -> Image.Image:
    image = pictures.open_image(made.data)
    assert FORMATS[made.format].matches(made.data[:4096])
    assert image.size == (made.width, made.height)
    return image


@pytest.fixture
def in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers that have a process of their own elsewhere are simply called, as in a confined one."""
    monkeypatch.setattr(budget, "_running", [budget.Meter()])


def on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, image.convert("RGBA"))


@pytest.mark.parametrize("source", sorted(set(inputs.MAKERS) - {"svg"}))
def test_source_looks_as_its_format_has_it(source, in_place):
    seen = inputs.shown_by(source)
    made = opened(make(inputs.data_of(source), "png"))
    assert made.size == seen.size
    assert pictures.distance(on_white(seen), on_white(made)) < MOST_OFF


@pytest.mark.parametrize("name", ["jpg", "png", "webp", "avif", "jxl", "gif", "ico"])
@pytest.mark.parametrize("source", ["jpg cmyk", "png 16 bit alpha", "webp alpha", "jpg grey"])
def test_each_format_is_written(source, name):
    data = inputs.data_of(source)
    made = make(data, name, TransformOptions(width=24))
    assert made.format == name
    assert opened(made).width == 24
    header = pictures.header(data)
    assert (made.source_width, made.source_height) == (header.width, header.height)


@pytest.mark.parametrize("name", ["heic", "tiff", "bmp"])
def test_format_that_is_only_read_is_refused(name):
    with pytest.raises(InvalidRequest, match="can't be written"):
        make(pictures.png(), name)


def test_transparency_becomes_white_in_jpeg():
    clear = pictures.encode(Image.new("RGBA", (32, 32), (255, 0, 0, 0)), "PNG")
    assert min(opened(make(clear, "jpg")).convert("L").tobytes()) >= 250


def test_background_flattens_what_keeps_alpha_too():
    clear = pictures.encode(Image.new("RGBA", (32, 32), (255, 0, 0, 0)), "PNG")
    image = opened(make(clear, "png", TransformOptions(background=(0, 0, 200))))
    assert image.mode == "RGB"
    assert image.getpixel((5, 5)) == (0, 0, 200)


def test_grey_stays_grey():
    assert opened(make(pictures.png("L"), "jpg")).mode == "L"


@pytest.mark.parametrize(("mode", "name"), [("RGB", "jpg"), ("RGBA", "png")])
def test_avif_below_16_pixels_is_another_format(mode, name):
    small = pictures.encode(pictures.draw(mode).resize((15, 40)), "PNG")
    made = make(small, "avif")
    assert made.format == name
    opened(made)


@pytest.mark.parametrize(("name", "side"), [("webp", 16_383), ("ico", 256)])
def test_result_is_no_longer_than_its_format_can_be(name, side):
    long = pictures.encode(Image.new("L", (17_000, 10)), "PNG")
    assert make(long, name, TransformOptions(strip_metadata=True)).width == side


@pytest.mark.parametrize("name", ["jpg", "webp", "avif", "jxl"])
def test_quality_is_on_one_scale_and_comes_back(name):
    low, high = (make(pictures.jpeg(quality=98), name, quality=quality) for quality in (40, 90))
    assert (low.quality, high.quality) == (40, 90)
    assert len(low.data) < len(high.data)


def test_quality_of_the_url_comes_before_that_of_the_format():
    options = TransformOptions(quality=40, format_quality={"jpg": 90})
    assert make(pictures.jpeg(), "jpg", options).quality == 40
    assert make(pictures.jpeg(), "jpg", TransformOptions(format_quality={"jpg": 90})).quality == 90
    assert make(pictures.jpeg(), "jpg", options, quality=70).quality == 70


def test_file_without_quality_has_none():
    assert make(pictures.png(), "png", quality=40).quality is None


def test_score_is_searched_for_and_its_quality_is_enough_afterwards(photo):
    found = make(photo, "jpg", target=75.0)
    if found.score is None:
        pytest.skip(" ".join(found.warnings))
    assert found.score >= 75
    again = make(photo, "jpg", quality=found.quality)
    assert again.data == found.data


@pytest.fixture(scope="module")
def photo() -> bytes:
    scene = pictures.draw(size=(160, 120))
    return pictures.encode(scene, "JPEG", quality=98)


def test_limit_on_bytes_lowers_quality(photo):
    whole = make(photo, "jpg", quality=90)
    most = len(whole.data) * 2 // 3
    made = make(photo, "jpg", TransformOptions(max_bytes=most), quality=90)
    assert len(made.data) <= most
    assert made.quality is not None
    assert made.quality < 90


def test_limit_on_bytes_that_can_not_be_met_is_said(photo):
    made = make(photo, "jpg", TransformOptions(max_bytes=10))
    assert made.quality is not None
    assert made.quality <= 10
    assert "more than 10 bytes" in " ".join(made.warnings)


@pytest.fixture(scope="module")
def signed() -> bytes:
    exif = Image.Exif()
    exif[COPYRIGHT], exif[ARTIST], exif[MODEL] = "(c) nobody", "a painter", "a camera"
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 12.0, 0.0)})
    return pictures.jpeg(exif=exif)


@pytest.mark.parametrize("name", ["jpg", "webp", "png", "avif"])
def test_rights_are_kept_and_all_else_is_not(signed, name):
    exif = opened(make(signed, name)).getexif()
    assert (exif.get(COPYRIGHT), exif.get(ARTIST), exif.get(MODEL)) == ("(c) nobody", "a painter", None)
    assert not exif.get_ifd(GPS)


def test_rights_go_too_where_that_is_asked(signed):
    assert COPYRIGHT not in opened(make(signed, "jpg", TransformOptions(keep_copyright=False))).getexif()


def test_metadata_are_kept_whole_where_that_is_asked(signed):
    exif = opened(make(signed, "jpg", TransformOptions(strip_metadata=False))).getexif()
    assert exif[MODEL] == "a camera"
    assert exif.get_ifd(GPS)


def test_colours_come_to_srgb_without_the_profile():
    data = pictures.encode(Image.new("RGB", (32, 32), (200, 40, 40)), "PNG", icc_profile=pictures.swapped_profile())
    made = opened(make(data, "png"))
    assert "icc_profile" not in made.info
    assert made.getpixel((3, 3))[1] > made.getpixel((3, 3))[0]


@pytest.mark.parametrize("name", ["jpg", "png", "webp", "avif"])
def test_profile_is_kept_with_its_colours_where_that_is_asked(name):
    profile = pictures.swapped_profile()
    data = pictures.encode(Image.new("RGB", (32, 32), (200, 40, 40)), "PNG", icc_profile=profile)
    made = opened(make(data, name, TransformOptions(strip_color_profile=False)))
    assert made.info["icc_profile"] == profile
    assert made.convert("RGB").getpixel((3, 3)) == pytest.approx((200, 40, 40), abs=8)


def test_profile_that_a_format_does_not_keep_is_told():
    data = pictures.encode(pictures.draw(), "PNG", icc_profile=pictures.swapped_profile())
    made = make(data, "gif", TransformOptions(strip_color_profile=False))
    assert "profile was not kept" in " ".join(made.warnings)


def test_srgb_profile_changes_no_pixel():
    plain, tagged = (pictures.encode(pictures.draw(), "PNG", **each) for each in ({}, {"icc_profile": profiles.srgb()}))
    assert make(plain, "png").data == make(tagged, "png").data


@pytest.fixture(scope="module")
def bright() -> bytes:
    """Brighter than white in its left half, on an HDR screen; made by libultrahdr."""
    light = pyvips.Image.black(48, 64, bands=3) + 4.0
    scene = light.join(pyvips.Image.black(48, 64, bands=3) + 0.2, "horizontal")
    return bytes(scene.cast("float").copy(interpretation="scrgb").uhdrsave_buffer(Q=95))


def brightness(data: bytes) -> float:
    """The most of it, 1 for the white of other screens."""
    return float(pyvips.Image.new_from_buffer(data, "").uhdr2scRGB().max())


def test_gain_map_goes_unless_it_is_to_be_kept(bright):
    assert not pictures.header(make(bright, "jpg").data).has_gain_map
    options = TransformOptions(preserve_hdr=True, width=48)
    kept = make(bright, "jpg", options)
    assert pictures.header(kept.data).has_gain_map
    assert brightness(kept.data) > 3
    assert kept.warnings == ()


def test_gain_map_is_cut_as_its_picture_is(bright):
    dark = TransformOptions(preserve_hdr=True, crop=Crop(0.4, 1, Gravity(GravityType.EAST)))
    assert brightness(make(bright, "jpg", dark).data) < 1.1


@pytest.mark.parametrize(("name", "others"), [("webp", {}), ("jpg", {"rotate": 90})])
def test_gain_map_that_can_not_be_kept_is_told(bright, name, others):
    made = make(bright, name, TransformOptions(preserve_hdr=True, **others))
    assert "gain map was dropped" in " ".join(made.warnings)


def moving(count: int = 5) -> bytes:
    return animations.saved(animations.moving_dot(count), "GIF", duration=100, loop=0)


MOVING = TransformLimits(frames=100)


@pytest.mark.parametrize("name", ["gif", "webp"])
def test_animation_is_its_first_frame_unless_more_are_allowed(name):
    assert opened(make(moving(), name)).n_frames == 1
    made = make(moving(), name, TransformOptions(width=20), MOVING)
    assert opened(made).n_frames == 5
    assert (made.width, made.height) == (20, 10)


def test_animation_has_no_more_frames_than_are_allowed():
    first = animations.shown(make(moving(), "gif", limits=TransformLimits(frames=3)).data)
    assert len(first) == 3
    assert [duration for _, duration in first] == [100, 100, 100]


def test_animation_is_still_in_avif():
    assert pictures.header(make(moving(), "avif", limits=MOVING).data).frames == 1


def test_frames_are_padded_alike():
    options = TransformOptions(padding=Padding(2, 2, 2, 2), background=(0, 0, 0))
    frames = animations.shown(make(moving(), "webp", options, MOVING).data)
    assert {frame.size for frame, _ in frames} == {(44, 24)}


def test_drawing_that_stays_one_is_cleaned():
    data = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10" onload="x()"><script>x()</script>'
        b"<path d='M0 0h9v9z'/></svg>"
    )
    made = make(data, "svg", TransformOptions(width=5))
    assert (made.width, made.height, made.format) == (20, 10, "svg")
    assert b"script" not in made.data
    assert b"onload" not in made.data
    assert b"<path" in made.data


def test_drawing_is_drawn_at_the_size_that_is_asked_for(in_place):
    image = opened(make(HALF_RED, "png", TransformOptions(width=200)))
    assert image.size == (200, 100)
    assert [image.getpixel((x, 50)) for x in (98, 101)] == [(255, 0, 0, 255), (0, 0, 0, 0)]
    cut = opened(make(HALF_RED, "png", TransformOptions(width=200, crop=Crop(0.5, 10, Gravity(GravityType.WEST)))))
    assert cut.size == (200, 200)
    assert cut.getpixel((190, 190)) == (255, 0, 0, 255)


def test_drawing_has_no_more_pixels_than_a_source_may_have(in_place):
    made = make(HALF_RED, "png", TransformOptions(width=2000), TransformLimits(pixels=20_000))
    assert (made.width, made.height) == (2000, 1000)


def test_pixels_become_no_drawing():
    with pytest.raises(InvalidRequest, match="SVG"):
        make(pictures.png(), "svg")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (TransformLimits(pixels=1000), "0.001 megapixels in an image"),
        (TransformLimits(file_bytes=20), "20 bytes"),
    ],
)
def test_source_beyond_its_limits_is_refused_before_it_is_decoded(limits, reason):
    header = pictures.header(pictures.png())
    with pytest.raises(TooLarge, match=reason):
        make_variant(pictures.png()[:60], header, PLAIN, Output("png"), limits)


def test_frames_count_together_or_each_by_itself():
    together, alone = TransformLimits(pixels=3000, frames=9), TransformLimits(pixels=10, frames=9, frame_pixels=800)
    with pytest.raises(TooLarge, match="all its frames"):
        make(moving(), "gif", limits=together)
    assert opened(make(moving(), "gif", limits=alone)).n_frames == 5
    with pytest.raises(TooLarge, match="in a frame"):
        make(moving(), "gif", limits=TransformLimits(frames=9, frame_pixels=700))


def test_result_is_made_smaller_than_a_limit():
    options = TransformOptions(ResizingType.FIT, width=300, height=300, extend=Extend())
    made = make(pictures.png(), "png", options, TransformLimits(result_side=100))
    assert (made.width, made.height) == (100, 100)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_source_is_refused(kind):
    data = pictures.encode(pictures.draw(size=(200, 200)), kind)
    header = pictures.header(data)
    with pytest.raises(InvalidImage):
        make_variant(data[: len(data) // 2], header, PLAIN, Output("png"), LIMITS)


def test_thumbnails_that_are_not_read_are_told():
    assert "thumbnails" in " ".join(make(pictures.png(), "png", TransformOptions(enforce_thumbnail=True)).warnings)


@pytest.mark.parametrize(
    ("source", "others", "name"),
    [
        (pictures.jpeg(), {}, "jpg"),
        (pictures.webp(), {}, "jpg"),
        (pictures.webp("RGBA"), {}, "png"),
        (pictures.webp("RGBA"), {"background": (1, 2, 3)}, "jpg"),
        (pictures.webp(), {"padding": Padding(1)}, "png"),
        (inputs.svg(), {}, "svg"),
    ],
)
def test_usual_format_is_that_of_the_source_or_shown_everywhere(source, others, name):
    assert usual_format(pictures.header(source), TransformOptions(**others), moves=False) == name


def test_source_of_a_format_that_is_skipped_is_left_alone_unless_another_is_asked_for():
    header = pictures.header(pictures.png())
    assert is_left_alone(header, None, frozenset({"png"}))
    assert is_left_alone(header, "png", frozenset({"png"}))
    assert not is_left_alone(header, "webp", frozenset({"png"}))
    assert not is_left_alone(header, None, frozenset({"jpg"}))
    assert not is_left_alone(pictures.header(inputs.svg()), None, frozenset({"svg"}))


@pytest.mark.parametrize("kind", PictureKind)
def test_formats_that_lose_alpha_are_no_choice_where_there_is_some(kind):
    assert "jpg" in formats_by_kind(kind, has_alpha=False)
    assert "jpg" not in formats_by_kind(kind, has_alpha=True)


def test_description_tells_all_but_where_a_photo_was_taken(signed):
    told = describe(signed, pictures.header(signed), LIMITS)
    assert (told.format, told.frames, told.has_alpha) == ("jpg", 1, False)
    assert (told.width, told.height) == (pictures.header(signed).width, pictures.header(signed).height)
    assert told.exif["Model"] == "a camera"
    assert not any(name.startswith("GPS") for name in told.exif)
    assert told.thumbhash
    assert all(color.startswith("#") for color in told.colors)


@pytest.mark.parametrize(
    "options",
    [
        TransformOptions(ResizingType.FORCE, width=20_000, height=20_000, enlarge=True),
        TransformOptions(ResizingType.FORCE, width=100_000, height=100_000, enlarge=True),
        TransformOptions(zoom_x=1000, zoom_y=1000, enlarge=True),
        TransformOptions(padding=Padding(top=100_000, right=100_000)),
        TransformOptions(ResizingType.FILL, width=1, height=20_000, enlarge=True),
    ],
)
def test_result_of_too_many_pixels_is_refused(options):
    with pytest.raises(TooLarge, match=r"result would be too large: .* At most 100 megapixels"):
        make(pictures.png(), "png", options)


def test_options_that_ask_too_much_are_no_fault_of_the_source():
    with pytest.raises(InvalidRequest, match="options can't be applied"):
        make(pictures.png(), "png", TransformOptions(blur=100_000))


def test_side_that_no_format_forbids_is_held():
    wide = TransformOptions(ResizingType.FORCE, width=70_000, height=1, enlarge=True)
    assert make(pictures.png(), "png", wide).width == 65_535


def test_frames_of_a_result_count_together():
    twice = TransformOptions(ResizingType.FORCE, width=600, height=600, enlarge=True)
    with pytest.raises(TooLarge, match="result would be too large"):
        make(pictures.gif(frames=4), "gif", twice, TransformLimits(frames=4, result_pixels=1_000_000))


def test_damaged_text_of_a_png_is_left_out():
    sound = pictures.png()
    damaged = sound[:33] + png_samples.chunk(b"tEXt", b"Comment\0x", wrong=1) + sound[33:]
    assert make(damaged, "png", TransformOptions(width=8)).width == 8
