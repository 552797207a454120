"""Random APNGs against a compositor that draws pixel by pixel as the PNG specification describes."""

import random
from io import BytesIO

import pytest

from imgopt.codecs.formats import decode_animation
from imgopt.codecs.png import animation as png_animation
from tests.animation_files import BACKGROUND, PREVIOUS, SOURCE, ApngFrame, flat
from tests.images.test_apng_frames import NOTHING, SHEET, Pixels, frames_of, over, seen


def random_frames(seed: int) -> list[ApngFrame]:
    rolled = random.Random(seed)
    frames = []
    for number in range(6):
        left, top = (0, 0) if number == 0 else (rolled.randrange(4), rolled.randrange(4))
        width, height = (4, 4) if number == 0 else (rolled.randrange(1, 5 - left), rolled.randrange(1, 5 - top))
        colors = [(*rolled.randbytes(3), rolled.choice((0, 60, 128, 250, 255))) for _ in range(width * height)]
        said = {"disposal": rolled.randrange(3), "blend": rolled.randrange(2)}
        frames.append(ApngFrame((left, top, width, height), flat(colors), **said))
    return frames


def draw_literally(frames: list[ApngFrame]) -> list[Pixels]:
    """Pixel by pixel, in the words of the specification."""
    canvas, drawn = {(x, y): NOTHING for y in range(4) for x in range(4)}, []
    for number, frame in enumerate(frames):
        before = dict(canvas)
        left, top, width, height = frame.box
        area = [(left + x, top + y) for y in range(height) for x in range(width)]
        for index, place in enumerate(area):
            color = tuple(frame.samples[4 * index : 4 * index + 4])
            canvas[place] = color if frame.blend == SOURCE else over(color, canvas[place])
        drawn.append([color if color[3] else NOTHING for color in canvas.values()])
        if frame.disposal == BACKGROUND or (frame.disposal == PREVIOUS and number == 0):
            canvas |= dict.fromkeys(area, NOTHING)
        elif frame.disposal == PREVIOUS:
            canvas = before
    return drawn


def far(shown: Pixels, wanted: Pixels) -> int:
    """The largest difference of alpha, and of colour as far as it shows."""
    return max(
        max(abs(one[3] - two[3]), *(abs(a - b) * two[3] // 255 for a, b in zip(one[:3], two[:3], strict=True)))
        for one, two in zip(shown, wanted, strict=True)
    )


@pytest.mark.parametrize("seed", range(60))
def test_frames_are_what_the_specification_says(seed):
    frames = random_frames(seed)
    shown, wanted = frames_of(SHEET.apng(*frames)), draw_literally(frames)
    assert max(far(*each) for each in zip(shown, wanted, strict=True)) <= 1


@pytest.mark.parametrize("seed", range(10))
def test_repacked_file_shows_the_same(seed):
    data = SHEET.apng(*random_frames(seed))
    repacked = png_animation.rewrite(data, 100, None)
    assert repacked is not None
    assert frames_of(repacked.data) == frames_of(data)


@pytest.mark.parametrize("seed", range(10))
def test_frames_that_are_written_anew_show_the_same(seed):
    animation = decode_animation(SHEET.apng(*random_frames(seed)), "png")
    out = BytesIO()
    png_animation.write(animation, out)
    assert frames_of(out.getvalue()) == [seen(frame) for frame in animation.frames]
