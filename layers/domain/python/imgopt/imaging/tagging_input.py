"""Prepares a picture for taggers: upright, in sRGB, and no larger than they can use."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS, mend
from imgopt.errors import InvalidImage
from imgopt.imaging.plan import shape_of
from imgopt.imaging.steps.decode import decode
from imgopt.sandbox import forking
from imgopt.sandbox.budget import Budget

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 1568
# Larger pictures are reduced by whole factors, to at least this many times the needed size.
SPARE_DETAIL = 2
TAGGED_MODES = frozenset({"L", "LA", "RGB", "RGBA"})
# Wall-clock seconds, fewer than the time for tagging.
VIEW_SECONDS = 90
REFUSAL = "The file is damaged and can't be decoded, or needs too much memory or time."


def view_sandboxed(data: bytes, source: ImageHeader, budget: Budget) -> "Image":
    """Returns the picture of `view`, from a sandbox with a budget.

    Raises TooCostly where the budget is exceeded, and as `view` does.
    """
    from PIL import Image

    answer = forking.call_forked(f"{__name__}:encode_view", data, budget, VIEW_SECONDS, REFUSAL, source=asdict(source))
    head, _, pixels = answer.partition(b"\n")
    mode, width, height = json.loads(head)
    if mode not in TAGGED_MODES or width * height * len(mode) != len(pixels):
        raise InvalidImage(REFUSAL)
    return Image.frombytes(mode, (width, height), pixels)


def encode_view(data: bytes, source: dict[str, Any]) -> bytes:
    """Runs in the child process. Returns a line of JSON with mode and size, and the pixels."""
    picture = view(data, ImageHeader(**source))
    factor = max(picture.size) // (SPARE_DETAIL * LONGEST_SIDE)
    seen = picture.reduce(factor) if factor > 1 else picture
    return json.dumps([seen.mode, *seen.size]).encode() + b"\n" + seen.tobytes()


def view(data: bytes, source: ImageHeader) -> "Image":
    """Returns the first frame in mode L, LA, RGB or RGBA. Vector images have 1568 pixels on the longer side, others at
    least that, if they have as many.

    Raises InvalidImage where the picture can't be decoded.
    """
    shape = shape_of(source)
    scale = LONGEST_SIDE / max(shape.width, shape.height)
    if vector := FORMATS[source.format].vector:
        drawn = shape.scaled(scale)
        return vector.render(data, drawn.width, drawn.height).image
    return decode(mend(data, source.format), source.format, scale=min(1, scale)).image
