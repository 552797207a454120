"""GIF frames as browsers show them, by libvips: Pillow disposes of the wrong frame where a frame leaves it open."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import vips
from imgopt.codecs.shared.animation import Animation, Transform, collect, sample_indexes
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image


class GifReader:
    """A GIF's timing, and its frames one after another: `durations` in milliseconds, `plays` 0 for ever.

    Raises InvalidImage where the file, or later a frame, can't be read.
    """

    def __init__(self, data: bytes) -> None:
        library = vips.library()
        try:
            self._strip = library.Image.gifload_buffer(data, n=-1, access="sequential", fail_on="error")
        except library.Error as error:
            raise _damaged() from error
        self.height = self._strip.get_page_height()
        count = self._strip.height // self.height
        self.durations: list[int] = self._strip.get("delay") if count > 1 else [0]
        self.plays: int = self._strip.get("loop") if count > 1 else 1

    def frames(self) -> "Iterator[Image]":
        """RGBA, whole."""
        library = vips.library()
        colors = self._strip.colourspace("srgb")
        strip = colors if colors.hasalpha() else colors.addalpha()
        try:
            for top in range(0, strip.height, self.height):
                yield _to_pillow(strip.crop(0, top, strip.width, self.height))
        except library.Error as error:
            raise _damaged() from error


def decode_animation(data: bytes, frame_limit: int | None = None, transform: "Transform | None" = None) -> Animation:
    """A still one is an animation of one frame. Raises InvalidImage where a frame can't be read."""
    gif = GifReader(data)
    count = len(gif.durations)
    return collect(gif.frames(), sample_indexes(count, frame_limit or count), gif.durations, gif.plays, transform)


def _to_pillow(frame: Any) -> "Image":
    from PIL import Image

    return Image.frombytes("RGBA", (frame.width, frame.height), frame.write_to_memory())


def _damaged() -> InvalidImage:
    return InvalidImage("The GIF file is damaged and can't be decoded.")
