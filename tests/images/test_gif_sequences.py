"""Random GIFs, read and written, against a compositor that draws pixel by pixel as GIF89a describes."""

import random
from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs.formats import decode_animation
from imgopt.codecs.gif import codec
from imgopt.codecs.shared.animation import sample_durations, sample_indexes
from imgopt.errors import InvalidImage
from tests import pictures
from tests.animation_files import Graphic, gif, lzw
from tests.images.test_gif_frames import (
    BLACK,
    INNER,
    NOTHING,
    OTHERS,
    PALETTE,
    SIZE,
    WHOLE,
    fill,
    frames_of,
    seen,
    solid,
)


def random_graphics(seed: int, numbers: int = 4) -> list[Graphic]:
    rolled = random.Random(seed)
    graphics = []
    for _ in range(5):
        left, top = rolled.randrange(4), rolled.randrange(4)
        width, height = rolled.randrange(1, 7 - left), rolled.randrange(1, 7 - top)
        graphics.append(
            Graphic(
                (left, top, width, height),
                [rolled.randrange(numbers) for _ in range(width * height)],
                disposal=rolled.randrange(8),
                transparent=rolled.choice((None, 0, 1, 4, 7)),
                palette=OTHERS if rolled.random() < 0.3 else (),
                interlaced=rolled.random() < 0.3,
            )
        )
    return [fill(rolled.randrange(4), disposal=rolled.randrange(8)), *graphics][seed % 2 :]


def draw_literally(size: tuple[int, int], graphics: list[Graphic]) -> list[list[tuple[int, ...]]]:
    """Pixel by pixel, in the words of the specification."""
    canvas, frames = {(x, y): NOTHING for y in range(size[1]) for x in range(size[0])}, []
    for graphic in graphics:
        before, colors = dict(canvas), [*(graphic.palette or PALETTE), BLACK]
        left, top, width, height = graphic.box
        area = [(left + x, top + y) for y in range(height) for x in range(width)]
        for place, number in zip(area, graphic.numbers, strict=True):
            if place in canvas and number != graphic.transparent:
                canvas[place] = solid(colors[number])
        frames.append(list(canvas.values()))
        restored = {2: dict.fromkeys(canvas, NOTHING), 3: before, 4: before}.get(graphic.disposal, canvas)
        canvas |= {place: restored[place] for place in area if place in canvas}
    return frames


def screen_of(graphics: list[Graphic]) -> tuple[int, int]:
    left, top, width, height = graphics[0].box
    return max(SIZE[0], left + width), max(SIZE[1], top + height)


@pytest.mark.parametrize("seed", range(60))
def test_frames_are_what_the_specification_says(seed):
    graphics = random_graphics(seed)
    assert frames_of(gif(SIZE, PALETTE, *graphics, background=seed % 4)) == draw_literally(
        screen_of(graphics), graphics
    )


def timeline(data: bytes) -> list[list[tuple[int, ...]]]:
    """Returns the visible picture for each centisecond."""
    animation = decode_animation(data, "gif")
    shown = zip(animation.frames, animation.durations, strict=True)
    return [seen(frame) for frame, duration in shown for _ in range(duration // 10)]


@pytest.mark.parametrize("seed", range(20))
def test_repacked_file_shows_the_same(seed):
    data = gif(SIZE, PALETTE, *random_graphics(seed), background=seed % 4)
    assert timeline(codec.rewrite(data, 100).data) == timeline(data)


def test_repacked_file_shows_what_there_are_codes_for():
    data = gif(SIZE, PALETTE, fill(0), Graphic(WHOLE, (), codes=lzw([1] * 6)))
    assert timeline(codec.rewrite(data, 100).data) == timeline(data)


def test_damaged_file_too_large_to_be_drawn_anew_is_refused(monkeypatch):
    monkeypatch.setattr(codec, "REDRAWN_PIXELS", 31)
    with pytest.raises(InvalidImage, match="too large"):
        codec.rewrite(gif(SIZE, PALETTE, fill(0), Graphic(WHOLE, (), codes=lzw([1] * 6))), 100)


def test_repacked_file_keeps_numbers_beyond_the_palette_black():
    data = gif(SIZE, PALETTE, fill(0), fill(6, INNER))
    assert timeline(codec.rewrite(data, 100).data) == timeline(data)


@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize("seed", range(10))
def test_file_with_fewer_frames_shows_the_same_in_those_that_stay(seed, limit):
    data = gif(SIZE, PALETTE, *random_graphics(seed), background=seed % 4)
    whole = decode_animation(data, "gif")
    indexes = sample_indexes(len(whole.frames), limit)
    durations = sample_durations(list(whole.durations), indexes)
    expected = zip((seen(whole.frames[index]) for index in indexes), durations, strict=True)
    kept = codec.rewrite(data, 100, frame_limit=limit).data
    assert timeline(kept) == [frame for frame, duration in expected for _ in range(duration // 10)]


@pytest.mark.parametrize("target", ["webp", "png", "gif"])
def test_cleared_areas_stay_transparent_when_resized_or_converted(target):
    data = gif(SIZE, PALETTE, fill(0, disposal=2), fill(1, (0, 0, 2, 4)))
    made = pictures.run(data, output_format=target, keep_animation=True, output_width=8, output_quality=100)
    last = Image.open(BytesIO(made.data))
    last.seek(1)
    assert [last.convert("RGBA").getpixel(place)[3] > 128 for place in ((0, 4), (7, 4))] == [True, False]
