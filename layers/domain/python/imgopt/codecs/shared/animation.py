"""Decoded animations: complete frames and their durations."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs.shared.code_points import NAMED_COLOR, NamedColor
from imgopt.codecs.shared.color import normalize
from imgopt.codecs.shared.timing import shown
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

FOREVER = 0
Transform = Callable[["Image"], "Image"]


@dataclass(frozen=True)
class Animation:
    """Complete frames of one size, all RGB or all RGBA.

    `durations` are in milliseconds, one per frame. `plays` is the number of plays; `FOREVER` is endless.
    """

    frames: tuple["Image", ...]
    durations: tuple[int, ...]
    plays: int = FOREVER

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.frames[0].size

    @property
    def has_alpha(self) -> bool:
        return self.frames[0].mode == "RGBA"

    def map(self, function: "Callable[[Image], Image]") -> "Animation":
        """Returns the animation with a function applied to each frame."""
        return replace(self, frames=tuple(function(frame) for frame in self.frames))


def sample_indexes(count: int, limit: int) -> list[int]:
    """Returns the indexes of at most `limit` of `count` frames, spread evenly; the first is always among them."""
    kept = min(count, limit)
    return [position * count // kept for position in range(kept)]


def sample_durations(durations: list[int], indexes: list[int]) -> list[int]:
    """Returns the durations of the kept frames in milliseconds: each until the next one, with the same total.

    Where frames are left out, too short delays count as what browsers use instead; otherwise they stay.
    """
    if len(indexes) == len(durations):
        return durations
    ends = [*indexes[1:], len(durations)]
    return [sum(map(shown, durations[start:end])) for start, end in zip(indexes, ends, strict=True)]


def decoder(
    pillow_name: str, label: str, read_color: "Callable[[bytes], NamedColor | None] | None" = None
) -> "Callable[[bytes, int | None, Transform | None], Animation]":
    """Returns a decoder of animations by Pillow. It raises InvalidImage where a frame can't be decoded.

    `read_color` returns the colour space of all frames, where no profile defines it.
    """

    def decode_animation(data: bytes, frame_limit: int | None = None, transform: Transform | None = None) -> Animation:
        color = read_color(data) if read_color else None
        return _decode_by_pillow(data, (pillow_name, label, color), frame_limit, transform)

    return decode_animation


def _unchanged(frame: "Image") -> "Image":
    return frame


def collect(
    frames: "Iterable[Image]",
    indexes: list[int],
    durations: list[int],
    plays: int,
    transform: "Transform | None",
) -> Animation:
    """Collects frames. `durations` must be complete when `frames` have ended."""
    kept, change = set(indexes), transform or _unchanged
    made = _same_mode([change(_plain(frame)) for number, frame in enumerate(frames) if number in kept])
    return Animation(tuple(made), tuple(sample_durations(durations, indexes)), plays)


def _decode_by_pillow(
    data: bytes, named: "tuple[str, str, NamedColor | None]", frame_limit: int | None, transform: "Transform | None"
) -> Animation:
    from PIL import Image

    pillow_name, label, color = named
    Image.MAX_IMAGE_PIXELS = None  # the limits were checked from the header, before the file was stored
    try:
        with Image.open(BytesIO(data), formats=[pillow_name]) as image:
            count = getattr(image, "n_frames", 1)
            plays = int(image.info.get("loop") or FOREVER)
            indexes = sample_indexes(count, frame_limit or count)
            durations: list[int] = []
            return collect(_seek(image, count, durations, color), indexes, durations, plays, transform)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise InvalidImage(f"The {label} file is damaged and can't be decoded.") from error


def _seek(image: "Image", count: int, durations: list[int], color: "NamedColor | None") -> "Iterator[Image]":
    for number in range(count):
        image.seek(number)
        image.load()
        if color:
            image.info[NAMED_COLOR] = color
        durations.append(round(image.info.get("duration", 0)))
        yield image


def _plain(frame: "Image") -> "Image":
    """Returns a copy in RGB, or RGBA where it has transparency, in sRGB. The decoder continues with its own frame."""
    plain = normalize(frame.copy())
    if plain.mode == "RGBA" and plain.getchannel("A").getextrema() == (255, 255):
        return plain.convert("RGB")
    if plain.mode in ("RGB", "RGBA"):
        return plain
    return plain.convert("RGBA" if plain.has_transparency_data else "RGB")


def _same_mode(frames: "list[Image]") -> "list[Image]":
    """Converts all frames to RGBA where one is: encoders use the mode of the first."""
    modes = {frame.mode for frame in frames}
    return frames if len(modes) == 1 else [frame.convert("RGBA") for frame in frames]
