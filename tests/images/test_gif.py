"""Written GIFs look the same, with the same frames and durations, in fewer bytes."""

import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageDraw

from imgopt.codecs.formats import decode_animation
from imgopt.codecs.gif import blocks as gif_blocks
from imgopt.codecs.gif import codec as gif
from imgopt.codecs.gif import gifsicle
from imgopt.codecs.gif.blocks import read_delays
from imgopt.codecs.gif.writer import delays
from imgopt.codecs.shared.animation import FOREVER, Animation
from imgopt.errors import InvalidImage
from imgopt.sandbox.budget import Budget, Meter
from tests import animations, pictures
from tests.animations import Part
from tests.images.test_animation import by_vips, random_parts, visible

PARTS = [Part(0), Part(1, (2, 2, 5, 5)), Part(2, (6, 4, 5, 5)), Part(1, (9, 6, 3, 3)), Part(0, (1, 1, 2, 2)), Part(2)]


def drawn(data: bytes) -> list[bytes]:
    """Whole frames as an independent library draws them, each for every centisecond that it is shown."""
    frames = [visible(Image.frombytes("RGBA", animations.SIZE, frame)) for frame in by_vips(data)]
    times = read_delays(BytesIO(data))
    return [frame for frame, delay in zip(frames, times, strict=True) for _ in range(delay // 10)]


def total(data: bytes) -> int:
    return sum(read_delays(BytesIO(data)))


def error(first: Image.Image, second: Image.Image) -> int:
    """The largest difference of a channel."""
    difference = ImageChops.difference(first.convert("RGB"), second.convert("RGB"))
    return max(high for _, high in difference.getextrema())


def static_noise(count: int) -> list[Image.Image]:
    base = pictures.draw(size=(64, 48)).effect_spread(3)
    return [base.point(lambda value, number=number: min(255, value + number % 3)) for number in range(count)]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    "write",
    [
        lambda data, quality: gif.rewrite(data, quality).data,
        lambda data, quality: gif.encode_animation(decode_animation(data, "gif"), quality).data,
    ],
)
def test_frames_at_full_quality_look_the_same_at_any_time(write, seed):
    data = animations.gif(*random_parts(seed))
    assert drawn(write(data, 100)) == drawn(data)


@pytest.mark.parametrize("quality", [100, 80, 20])
@pytest.mark.parametrize("limit", [1, 2, 4, 6, 100])
def test_a_frame_limit_is_kept_and_the_whole_takes_as_long(quality, limit):
    data = animations.gif(*PARTS)
    done = gif.rewrite(data, quality, frame_limit=limit).data
    assert len(list(read_delays(BytesIO(done)))) == min(limit, 6)
    assert total(done) == total(data)


def test_a_frame_limit_spreads_over_the_whole_animation():
    done = gif.rewrite(animations.gif(*PARTS), 100, frame_limit=3).data
    before = by_vips(animations.gif(*PARTS))
    assert by_vips(done) == [before[0], before[2], before[4]]


def test_frames_of_many_palettes_can_be_sampled():
    frames = [frame.quantize(200) for frame in animations.photo_frames(6, (64, 64))]
    data = animations.saved(frames, "GIF", duration=50, loop=0, optimize=False)
    done = gif.rewrite(data, 100, frame_limit=3).data
    assert (len(list(read_delays(BytesIO(done)))), total(done)) == (3, 300)


@pytest.mark.parametrize("loop", [None, 0, 1, 7])
@pytest.mark.parametrize("quality", [100, 50])
def test_the_loop_block_is_kept(loop, quality):
    data = animations.gif(*PARTS, loop=loop)
    assert animations.loop_block(gif.rewrite(data, quality).data) == loop
    assert animations.loop_block(gif.encode_animation(decode_animation(data, "gif"), quality).data) == loop


@pytest.mark.parametrize("delay", [0, 1, 2, 500])
def test_delays_are_kept_even_those_that_browsers_ignore(delay):
    data = animations.gif(*(Part(n % 3, delay=delay) for n in range(4)))
    for done in (gif.rewrite(data, 80).data, gif.encode_animation(decode_animation(data, "gif"), 80).data):
        assert list(read_delays(BytesIO(done))) == [delay * 10] * 4


def test_rounding_delays_keeps_the_total():
    assert list(delays([33, 33, 34])) == [3, 4, 3]
    assert list(delays([16] * 5)) == [2] * 5


def test_a_moving_thing_on_nothing_leaves_no_trail():
    frames = animations.moving_dot(6, (40, 20))
    resized = Animation(tuple(frames), (50,) * 6).map(lambda frame: frame.resize((60, 30), Image.Resampling.LANCZOS))
    done = decode_animation(gif.encode_animation(resized, 80).data, "gif")
    for before, after in zip(resized.frames, done.frames, strict=True):
        solid = before.getchannel("A").point(lambda value: 255 if value >= 128 else 0)
        assert ImageChops.difference(solid, after.getchannel("A")).getbbox() is None


def test_soft_edges_get_no_dark_fringe():
    done = decode_animation(gif.encode_animation(Animation(tuple(animations.moving_dot(2)), (50, 50)), 90).data, "gif")
    colors = {color for _, color in done.frames[0].getcolors() if color[3]}
    assert all(abs(red - animations.RED[0]) < 12 for red, *_ in colors)


def test_noise_in_what_stands_still_is_held():
    frames = static_noise(12)
    data = gif.encode_animation(Animation(tuple(frames), (50,) * 12), 80).data
    still = gif.encode_animation(Animation((frames[0],), (50,)), 80).data
    assert len(data) < 1.5 * len(still)


def test_pixels_held_over_frames_never_drift():
    frames = [Image.new("RGB", (8, 8), (100 + number * 2,) * 3) for number in range(30)]
    done = decode_animation(gif.encode_animation(Animation(tuple(frames), (50,) * 30), 80).data, "gif")
    assert error(done.frames[-1], frames[-1]) < 10


@pytest.mark.parametrize("data", [animations.gif(*PARTS), animations.saved(static_noise(5), "GIF", duration=50)])
def test_a_lower_quality_is_never_larger(data):
    sizes = [len(gif.rewrite(data, quality).data) for quality in (10, 50, 80, 100)]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (300, 1)])
def test_the_smallest_animations_are_written(size):
    frames = tuple(Image.new("RGB", size, color) for color in ("red", "blue"))
    done = decode_animation(gif.encode_animation(Animation(frames, (50, 50)), 80).data, "gif")
    assert (done.size, len(done.frames), done.plays) == (size, 2, FOREVER)


def test_scenes_without_common_colours_get_their_own():
    scenes = [Image.linear_gradient("L").convert("RGB").point(table) for table in scene_tables()]
    done = decode_animation(gif.encode_animation(Animation(tuple(scenes), (500,) * len(scenes)), 95).data, "gif")
    assert max(error(before, after) for before, after in zip(scenes, done.frames, strict=True)) < 24


def test_a_colour_that_comes_once_is_kept():
    frames = [pictures.draw(size=(160, 120)) for _ in range(40)]
    frames[-1].paste((250, 160, 40), (100, 100, 112, 106))
    done = decode_animation(gif.encode_animation(Animation(tuple(frames), (50,) * 40), 80).data, "gif")
    assert error(done.frames[-1].crop((100, 100, 112, 106)), frames[-1].crop((100, 100, 112, 106))) < 24


def scene_tables() -> list[list[int]]:
    ramp, none, full = list(range(256)), [0] * 256, [255] * 256
    return [ramp + none + none, none + ramp + none, none + none + ramp, ramp + full + none, full + none + ramp]


def test_a_still_gif_has_good_colours():
    image = pictures.draw(size=(128, 128))
    assert error(pictures.open_image(gif.encode(image, 100).data), image) < 24


def test_the_lowest_qualities_lead_to_a_few_colours_for_limits_on_bytes():
    image = pictures.draw(size=(128, 128))
    sizes = [len(gif.encode(image, quality).data) for quality in (1, 10, 20)]
    assert sizes[0] < sizes[1] < sizes[2]
    assert sizes[0] < sizes[2] / 2


def test_a_still_gif_keeps_its_holes():
    image = pictures.open_image(gif.encode(pictures.draw("RGBA"), 80).data).convert("RGBA")
    assert [image.getpixel(spot)[3] for spot in ((2, 2), (pictures.WIDTH - 2, pictures.HEIGHT - 2))] == [255, 0]


def test_a_still_gif_is_no_animation():
    data = gif.rewrite(gif.encode(pictures.draw(), 80).data, 80).data
    assert animations.loop_block(data) is None
    assert pictures.open_image(data).n_frames == 1


@pytest.mark.skipif(sys.platform != "linux", reason="limits are set from outside on Linux alone")
def test_the_program_sees_no_environment_and_writes_no_file(monkeypatch, tmp_path):
    """The program is written in C and reads files of clients."""
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nread -r _\nulimit -f\nulimit -c\ncat /proc/self/environ\n")
    program.chmod(0o700)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(gifsicle, "_program", lambda: str(program))
    made, _ = gifsicle.run_gifsicle([], b"\n")
    files, dumps, environment = made.split(b"\n", 2)
    assert (files, dumps) == (b"0", b"0")
    assert {each.partition(b"=")[0] for each in environment.split(b"\0")} <= {b"", b"PWD", b"OLDPWD", b"_"}


def test_the_program_is_held_to_its_memory(monkeypatch):
    monkeypatch.setattr(gifsicle, "MEMORY_BYTES", 1 << 20)
    with pytest.raises(InvalidImage, match="damaged"):
        gif.rewrite(pictures.gif(frames=3), 80)


def test_the_program_is_held_to_its_time(monkeypatch):
    settings = gifsicle.settings().model_copy(update={"stage_seconds": 0.001})
    monkeypatch.setattr(gifsicle, "settings", lambda: settings)
    with pytest.raises(InvalidImage, match="too long"):
        gif.rewrite(animations.saved(animations.photo_frames(4, (150, 150)), "GIF", duration=50), 80)


def test_comments_are_taken_out_and_nothing_else():
    data = pictures.gif(frames=3, comment=b"made at 60.1 N, 24.9 E")
    cleaned = gif_blocks.strip(data + b"and more")
    assert b"60.1 N" in data
    assert b"60.1 N" not in cleaned
    assert animations.loop_block(cleaned) == animations.loop_block(data)
    before, after = decode_animation(data, "gif"), decode_animation(cleaned, "gif")
    assert [frame.tobytes() for frame in after.frames] == [frame.tobytes() for frame in before.frames]
    assert after.durations == before.durations


def test_a_gif_that_is_returned_as_it_was_holds_no_comment():
    smallest = pictures.run(pictures.gif(frames=3)).data
    again = pictures.run(smallest[:-1] + b"\x21\xfe\x04here\x00\x3b")
    assert b"here" not in again.data


def test_limits_of_a_program_can_be_set_below_those_of_its_job(monkeypatch):
    monkeypatch.setattr(gifsicle.budget, "current", lambda: Meter(Budget(40.0, 2**31), clock=lambda: 0.0))
    script = f"ulimit -t 60 && {gifsicle._limits()}"
    subprocess.run(["/bin/sh", "-c", script, "true"], check=True)


def shaded_ball() -> Image.Image:
    """Three flat greys with smooth edges, on nothing."""
    image = Image.new("RGBA", (512, 512))
    draw = ImageDraw.Draw(image)
    for step in range(3):
        reach, grey = 230 - 77 * step, 40 + 50 * step
        draw.ellipse((256 - reach, 256 - reach, 256 + reach, 256 + reach), fill=(grey, grey, grey, 255))
    return image.resize((128, 128), Image.Resampling.LANCZOS)


def test_a_drawing_gets_no_noise_of_fewer_colours():
    made = pictures.open_image(gif.encode(shaded_ball(), 10).data).convert("RGB")
    inside = made.crop((52, 52, 76, 76))
    assert len(inside.getcolors()) == 1
    assert len(gif.encode(shaded_ball(), 10).data) < 1250


def test_a_slope_gets_noise_where_bands_would_show():
    slope = Image.linear_gradient("L").resize((200, 200)).convert("RGB")
    made = pictures.open_image(gif.encode(slope, 60).data).convert("L")
    assert any(len(made.crop((0, row, 200, row + 1)).getcolors()) > 1 for row in range(200))


@pytest.mark.parametrize("frames", [1, 2])
def test_lost_soft_alpha_is_a_warning_unless_it_is_blended_with_a_background(frames):
    image = pictures.draw("RGBA")
    image.paste((10, 250, 10, 128), (30, 20, 40, 30))
    data = pictures.encode(image, "PNG", save_all=True, append_images=[pictures.draw("RGBA")] * (frames - 1))
    lost, blended = (
        pictures.run(data, output_format="gif", keep_animation=True, **each)
        for each in ({}, {"output_background": "white"})
    )
    assert (lost.frames, "half-transparent" in str(lost.warning), blended.warning) == (frames, True, None)
