"""Animations: the number of frames, their durations, and their pixels."""

import random
from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs.avif import animation as avif_animation
from imgopt.codecs.formats import decode_animation
from imgopt.codecs.gif import blocks as gif_blocks
from imgopt.codecs.png import animation as png_animation
from imgopt.codecs.shared.animation import FOREVER, Animation, sample_durations, sample_indexes
from imgopt.codecs.shared.timing import Timing
from imgopt.codecs.webp import animation as webp_animation
from imgopt.errors import InvalidImage, TooLarge
from tests import animations, pictures
from tests.animations import HOLE, Part
from tests.inputs import data_of
from tests.pictures import run

MAKERS = {
    "webp": lambda frames, durations: animations.saved(frames, "WEBP", duration=durations, loop=3, lossless=True),
    "png": lambda frames, durations: animations.saved(frames, "PNG", duration=durations, loop=3),
}
SCANS = {"gif": gif_blocks.scan, "webp": webp_animation.scan, "png": png_animation.scan}


def scan(name: str, data: bytes, max_frames: int = 1000) -> Timing:
    return SCANS[name](BytesIO(data), max_frames=max_frames)


def by_vips(data: bytes) -> list[bytes]:
    """Whole frames as an independent library draws them."""
    import pyvips

    strip = pyvips.Image.gifload_buffer(data, n=-1)
    strip = strip if strip.hasalpha() else strip.addalpha()
    height = strip.get("page-height")
    pages = range(strip.height // height)
    return [strip.crop(0, page * height, strip.width, height).write_to_memory() for page in pages]


def visible(frame: Image.Image) -> bytes:
    """Returns the pixels of a frame, without the colours of fully transparent pixels."""
    empty = Image.new("RGBA", frame.size)
    return Image.alpha_composite(empty, frame.convert("RGBA")).tobytes()


def random_parts(seed: int) -> list[Part]:
    rolled = random.Random(seed)
    parts = []
    for _ in range(6):
        left, top = rolled.randrange(12), rolled.randrange(8)
        box = (left, top, rolled.randrange(1, 17 - left), rolled.randrange(1, 13 - top))
        local = (
            (animations.BLUE, animations.RED, animations.YELLOW, animations.GREEN) if rolled.random() < 0.3 else None
        )
        parts.append(
            Part(
                rolled.randrange(4),
                box,
                disposal=rolled.randrange(4),
                delay=rolled.randrange(20),
                interlaced=rolled.random() < 0.5,
                palette=local,
            )
        )
    return [Part(0, disposal=rolled.randrange(4)), *parts]


@pytest.mark.parametrize("seed", range(40))
def test_disposal_partial_frames_and_local_palettes_are_drawn_as_another_library_draws_them(seed):
    data = animations.gif(*random_parts(seed))
    drawn = [visible(frame) for frame in decode_animation(data, "gif").frames]
    size = animations.SIZE
    assert drawn == [visible(Image.frombytes("RGBA", size, frame)) for frame in by_vips(data)]


@pytest.mark.parametrize(("disposal", "expected"), [(0, "under"), (1, "under"), (2, "hole"), (3, "before")])
def test_each_disposal_leaves_what_it_should(disposal, expected):
    box = (4, 4, 4, 4)
    data = animations.gif(Part(0), Part(1, box, disposal=disposal), Part(HOLE, (0, 0, 1, 1)))
    pixel = decode_animation(data, "gif").frames[2].convert("RGBA").getpixel((5, 5))
    assert pixel == {
        "under": (*animations.GREEN, 255),
        "before": (*animations.RED, 255),
        "hole": (0, 0, 0, 0),
    }[expected] or (expected == "hole" and pixel[3] == 0)


@pytest.mark.parametrize("count", [1, 2, 7, 100, 1000])
@pytest.mark.parametrize("limit", [1, 2, 3, 10, 99, 100])
def test_sampling_is_even_starts_at_the_first_and_never_exceeds_the_limit(count, limit):
    indexes = sample_indexes(count, limit)
    gaps = {after - before for before, after in zip(indexes, [*indexes[1:], count], strict=True)}
    assert indexes[0] == 0
    assert len(indexes) == min(count, limit)
    assert max(gaps) - min(gaps) <= 1


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_sampled_frames_last_as_long_together(limit):
    durations = [70, 30, 500, 40, 40, 90, 20]
    assert sum(sample_durations(durations, sample_indexes(7, limit))) == sum(durations)


def test_delays_that_browsers_ignore_count_as_shown_once_frames_go():
    assert sample_durations([0, 10, 50, 50], [0, 2]) == [200, 100]
    assert sample_durations([0, 10, 50, 50], [0, 1, 2, 3]) == [0, 10, 50, 50]


def test_only_sampled_frames_are_kept():
    animation = decode_animation(animations.gif(*(Part(n % 3) for n in range(10))), "gif", frame_limit=5)
    assert len(animation.frames) == 5
    assert animation.durations == (200,) * 5
    assert [frame.convert("RGB").getpixel((0, 0)) for frame in animation.frames[:3]] == [
        animations.RED,
        animations.BLUE,
        animations.GREEN,
    ]


def test_the_files_own_delays_are_kept():
    data = animations.gif(Part(0, delay=0), Part(1, delay=1), Part(2, delay=7))
    assert decode_animation(data, "gif").durations == (0, 10, 70)


@pytest.mark.parametrize(("loop", "plays"), [(None, 1), (0, FOREVER), (1, 2), (5, 6)])
def test_a_gif_repeats_after_its_first_play(loop, plays):
    assert decode_animation(animations.gif(Part(0), Part(1), loop=loop), "gif").plays == plays


@pytest.mark.parametrize("name", MAKERS)
def test_other_animations_are_read_with_timing_and_plays(name):
    frames = animations.moving_dot(4)
    animation = decode_animation(MAKERS[name](frames, [100, 40, 60, 200]), name)
    assert animation.durations == (100, 40, 60, 200)
    assert animation.plays == 3
    assert [visible(frame) for frame in animation.frames] == [visible(frame) for frame in frames]


def test_the_still_picture_beside_an_animated_png_is_not_a_frame():
    frames = animations.photo_frames(4)
    data = animations.saved(frames, "PNG", duration=100, default_image=True)
    assert len(decode_animation(data, "png").frames) == scan("png", data).frames == 3


def test_frames_have_one_mode():
    opaque, hollow = Image.new("RGBA", (8, 8), "red"), Image.new("RGBA", (8, 8))
    data = animations.saved([opaque, hollow], "PNG", duration=100)
    assert {frame.mode for frame in decode_animation(data, "png").frames} == {"RGBA"}


def test_a_transform_is_applied_while_reading():
    data = animations.gif(Part(0), Part(1))
    assert decode_animation(data, "gif", transform=lambda frame: frame.resize((3, 2))).size == (3, 2)


@pytest.mark.parametrize("name", ["gif", *MAKERS])
def test_frames_and_time_are_counted_from_headers(name):
    frames = animations.photo_frames(5)
    data = animations.saved(frames, "GIF", duration=60) if name == "gif" else MAKERS[name](frames, [60] * 5)
    assert scan(name, data) == Timing(5, 300)
    with pytest.raises(TooLarge, match="4 frames"):
        scan(name, data, max_frames=4)


@pytest.mark.parametrize("name", ["gif", *MAKERS])
def test_a_still_image_is_one_frame_without_speed(name):
    data = animations.saved([animations.photo_frames(1)[0]], {"gif": "GIF"}.get(name, name.upper()))
    assert (scan(name, data).frames, scan(name, data).fps) == (1, None)


@pytest.mark.parametrize("name", ["gif", *MAKERS])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_truncated_animation_is_refused(name, kept):
    frames = animations.photo_frames(5)
    data = animations.saved(frames, "GIF", duration=60) if name == "gif" else MAKERS[name](frames, [60] * 5)
    with pytest.raises(InvalidImage):
        scan(name, data[: int(len(data) * kept)])


def test_ten_thousand_frames_are_refused_after_the_first_too_many():
    data = animations.gif(Part(0)) + b""
    frame = animations.gif(Part(1, (0, 0, 1, 1)))[13 + 12 + 19 : -1]
    with pytest.raises(TooLarge):
        scan("gif", data[:-1] + frame * 10_000 + b";")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["gif", *MAKERS])
def test_damaged_frames_are_a_clear_error_or_still_drawn(name, seed):
    frames = animations.photo_frames(5)
    data = animations.saved(frames, "GIF", duration=60) if name == "gif" else MAKERS[name](frames, [60] * 5)
    damaged = bytearray(data)
    for position in random.Random(seed).choices(range(60, len(data)), k=20):
        damaged[position] ^= 0xFF
    try:
        assert decode_animation(bytes(damaged), name).frames
    except InvalidImage as error:
        assert "damaged" in str(error) or "truncated" in str(error)


@pytest.mark.parametrize("module", [webp_animation, avif_animation])
def test_an_animation_becomes_another_format_with_its_timing(module):
    animation = Animation(tuple(animations.moving_dot(5)), (40, 100, 60, 200, 80))
    done = animations.shown(module.encode_animation(animation, 90).data)
    assert [round(delay) for _, delay in done] == [40, 100, 60, 200, 80]
    assert [frame.getpixel((number * 4 + 5, 9))[3] for number, (frame, _) in enumerate(done)] == [255] * 5
    assert [frame.getpixel((39, 1))[3] for frame, _ in done] == [0] * 5


def test_plays_go_into_webp():
    animation = Animation(tuple(animations.photo_frames(3)), (50, 50, 50), plays=4)
    assert decode_animation(webp_animation.encode_animation(animation, 80).data, "webp").plays == 4


@pytest.mark.parametrize(("frames", "target"), [(4, "avif"), (4, "gif"), (1, "avif"), (1, "webp")])
def test_a_limit_that_needs_less_than_16_pixels_is_not_met(frames, target):
    source = data_of("gif animated") if frames > 1 else pictures.png()
    done = run(source, output_format=target, keep_animation=True, output_file_size_limit=40)
    assert (done.size_limit_met, done.width, done.frames) == (False, 16, frames)


@pytest.mark.parametrize("limit", [6500, 7000, 7500])
def test_a_limit_on_bytes_adds_no_margins(limit):
    frames = [frame.point(lambda value: value // 2).convert("RGB") for frame in animations.photo_frames(2, (400, 300))]
    source = animations.saved(frames, "WEBP", duration=100, quality=70)
    done = run(source, output_format="gif", keep_animation=True, output_file_size_limit=limit)
    shown = pictures.open_image(done.data).convert("L")
    assert shown.getextrema()[1] < 160


@pytest.mark.parametrize(
    ("settings", "warning"),
    [
        ({"output_format": "jpg"}, "Only the first of 3 frames was used."),
        ({"output_format": "webp"}, "Only the first of 3 frames was used: set keep_animation to keep them."),
        ({"output_format": "webp", "keep_animation": True}, None),
        ({"output_format": "webp", "gif_frame_limit": 1}, None),
        ({"output_format": "original", "gif_frame_limit": 2}, None),
    ],
)
def test_a_still_of_an_animation_says_that_frames_were_left_out(settings, warning):
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "green", "blue")]
    assert run(animations.saved(frames, "GIF", duration=100), **settings).warning == warning


@pytest.mark.parametrize("settings", [{}, {"output_format": "webp", "keep_animation": True}])
def test_frames_that_all_look_the_same_are_not_left_out(settings):
    done = run(animations.gif(Part(0), Part(0), Part(0)), **settings)
    assert (done.frames, done.warning) == (1, None)
