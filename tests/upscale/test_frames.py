"""Animations: every frame has the same result as alone, with less work."""

import numpy
import pytest
from PIL import Image

from imgopt.imaging.geometry import Size
from imgopt.imaging.kinds import PictureKind
from imgopt.upscale.frame_delta import DeltaUpscaler
from imgopt.upscale.models import ANIME, WAIFU2X, X4PLUS, Device, Model, NetworkChoice
from imgopt.upscale.runtime import Runtime
from imgopt.upscale.scaling import Enlarger
from imgopt.upscale.service import LANCZOS, upscale, upscale_frames
from tests.upscale.fakes import Repeating, drawing, photo, runtime

SIZE = (120, 90)


def moving(mode: str = "RGB") -> list[Image.Image]:
    """A red square that wanders over a photo, and is gone in the end."""
    empty = photo(*SIZE).convert(mode)
    frames = [empty.copy() for _ in range(4)]
    for frame, place in zip(frames, ((0, 0), (30, 20), (112, 83)), strict=False):
        frame.paste((255, 0, 0), (*place, place[0] + 8, place[1] + 7))
    return frames


def seeing() -> tuple[Runtime, list[tuple[int, ...]]]:
    """Networks that see as far as the real ones, and the shapes that they were given."""
    shapes: list[tuple[int, ...]] = []

    def opened(model: Model, device: Device) -> Repeating:
        return Repeating(model.scale, model.context, trims=model in WAIFU2X, shapes=shapes)

    return Runtime(Device.CPU, opened), shapes


def distance(one: Image.Image, other: Image.Image) -> int:
    return int(abs(numpy.asarray(one).astype(int) - numpy.asarray(other)).max())


def test_frames_that_are_alike_are_done_once():
    network, frames = Repeating(2), [photo(20, 10), Image.new("RGB", (20, 10)), photo(20, 10)]
    done, report = upscale_frames(frames, 2, runtime=runtime(network))
    assert (len(network.shapes), report.tiles) == (2, 2)
    assert [each.tobytes() for each in done] == [upscale(each, 2, runtime=runtime())[0].tobytes() for each in frames]


def test_frames_are_all_upscaled_by_the_network_of_the_first():
    _, report = upscale_frames([drawing(), photo(90, 60)], 2, runtime=runtime())
    assert report.model == ANIME.name


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize(
    ("kind", "factor"),
    [(PictureKind.GRAPHIC, 3), (PictureKind.PHOTO, 2), (PictureKind.PHOTO, 4), (PictureKind.PHOTO, 2.5)],
)
def test_every_frame_becomes_what_it_would_alone(kind, factor, mode):
    frames = moving(mode)
    together, _ = upscale_frames(frames, factor, kind=kind, runtime=seeing()[0])
    alone = [upscale(frame, factor, kind=kind, runtime=seeing()[0])[0] for frame in frames]
    assert max(map(distance, together, alone)) <= 1


def test_tiles_that_see_a_change_alone_are_run_again():
    network, shapes = seeing()
    _, report = upscale_frames(moving()[2:], 2, kind=PictureKind.PHOTO, runtime=network)
    around = 7 + 7 + 2 * 7  # what comes out differently, what that sees, and what the network leaves out
    assert [shape[2:] for shape in shapes] == [(90 + 14, 120 + 14), (7 + around, 8 + around)]
    assert report.tiles == 2


@pytest.mark.parametrize(("model", "factor"), [(ANIME, 1.5), (X4PLUS, 4)])
def test_whole_frame_is_upscaled_where_a_part_does_not_fit(model, factor):
    network = Repeating(model.scale)
    sequel = DeltaUpscaler(Enlarger(NetworkChoice(model), network, Device.CPU))
    for frame in moving()[2:]:
        sequel(frame, Size(*SIZE).scaled(factor))
    half = len(network.shapes) // 2
    assert network.shapes[:half] == network.shapes[half:]


def test_colours_that_stay_are_not_run_again_where_alpha_changes():
    network, shapes = seeing()
    frames = [photo(30, 20).convert("RGBA"), photo(30, 20).convert("RGBA")]
    frames[1].putalpha(99)
    done, report = upscale_frames(frames, 2, runtime=network)
    assert (len(shapes), report.tiles) == (1, 1)
    assert [each.getpixel((9, 9))[3] for each in done] == [255, 99]


def test_frames_become_smaller_without_a_network():
    done, report = upscale_frames(moving("RGBA"), 0.5, runtime=runtime())
    assert ([each.size for each in done], report.model) == ([(60, 45)] * 4, LANCZOS)
