"""Moving pictures in memory: whole frames and how long each is shown."""

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
    """Frames of one size, each complete in itself, all RGB or all RGBA.

    `durations` are milliseconds, one per frame. `plays` is how often it is shown in all, `FOREVER` without an end.
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
        """The same animation with a function applied to every frame."""
        return replace(self, frames=tuple(function(frame) for frame in self.frames))


def sample_indexes(count: int, limit: int) -> list[int]:
    """Which of `count` frames to keep so that at most `limit` stay, spread evenly; the first is always kept."""
    kept = min(count, limit)
    return [position * count // kept for position in range(kept)]


def sample_durations(durations: list[int], indexes: list[int]) -> list[int]:
    """How long the kept frames last, in milliseconds: each until the next one, so that the whole takes as long.

    Where frames go, delays that browsers don't obey count as what they are shown for; else they stay as they are.
    """
    if len(indexes) == len(durations):
        return durations
    ends = [*indexes[1:], len(durations)]
    return [sum(map(shown, durations[start:end])) for start, end in zip(indexes, ends, strict=True)]


def decoder(
    pillow_name: str, label: str, read_color: "Callable[[bytes], NamedColor | None] | None" = None
) -> "Callable[[bytes, int | None, Transform | None], Animation]":
    """What reads animations of a format by Pillow. Raises InvalidImage where a frame can't be read.

    `read_color` tells how all frames' colours are named, where not by a profile.
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
    """`durations` need to be complete only when `frames` have ended."""
    kept, change = set(indexes), transform or _unchanged
    made = _same_mode([change(_plain(frame)) for number, frame in enumerate(frames) if number in kept])
    return Animation(tuple(made), tuple(sample_durations(durations, indexes)), plays)


def _decode_by_pillow(
    data: bytes, named: "tuple[str, str, NamedColor | None]", frame_limit: int | None, transform: "Transform | None"
) -> Animation:
    from PIL import Image

    pillow_name, label, color = named
    Image.MAX_IMAGE_PIXELS = None  # limits were checked from the header, before anything was stored
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
    """RGB, or RGBA where something shows through, in sRGB; the reader goes on with its own frame."""
    plain = normalize(frame.copy())
    if plain.mode == "RGBA" and plain.getchannel("A").getextrema() == (255, 255):
        return plain.convert("RGB")
    if plain.mode in ("RGB", "RGBA"):
        return plain
    return plain.convert("RGBA" if plain.has_transparency_data else "RGB")


def _same_mode(frames: "list[Image]") -> "list[Image]":
    """All RGBA as soon as one is: encoders take their kind from the first."""
    modes = {frame.mode for frame in frames}
    return frames if len(modes) == 1 else [frame.convert("RGBA") for frame in frames]
