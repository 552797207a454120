"""SSIMULACRA2, how alike two pictures look: 100 is the same, 90 hard to tell apart, 70 good, 50 visibly worse.

By VapourSynth's plugin vszip; numbers of other implementations differ by a point or two. See docs/quality.md.
"""

import ctypes
from typing import TYPE_CHECKING, Any

from imgopt.imaging.scores.errors import NoScore

if TYPE_CHECKING:
    from PIL.Image import Image

METRIC = "ssimulacra2"
SAME_SCORE = 100.0
# CPU nanoseconds a pixel, and of a process's first comparison however small; bytes of memory a pixel.
NANOSECONDS_COMPARED, LEAST_NANOSECONDS, BYTES_COMPARED = 40.0, 3e6, 100
# Below, numbers mean nothing.
SMALLEST_SIDE = 8
NEEDS_NEWER_PYTHON = "No score: it needs Python 3.12 or newer."


def compare(reference: "Image", made: "Image") -> float:
    """The score of what was made of a picture, at most 100: both RGB and of one size. Raises NoScore without plugin."""
    pair = [_enlarge(each) for each in (reference, made)]
    if pair[0].tobytes() == pair[1].tobytes():
        return SAME_SCORE  # the plugin says 99.96
    try:
        from imgopt.imaging.scores import plugin
    except ImportError as error:
        raise NoScore(NEEDS_NEWER_PYTHON) from error
    compared = plugin.SSIMULACRA2(*map(_clip, pair))
    with compared.get_frame(0) as frame:
        return float(frame.props["SSIMULACRA2"])


def _enlarge(image: "Image") -> "Image":
    from PIL.Image import Resampling

    factor = -(-SMALLEST_SIDE // min(image.size))
    return image if factor == 1 else image.resize((image.width * factor, image.height * factor), Resampling.NEAREST)


def _clip(image: "Image") -> Any:
    """One frame, its three planes copied as they are."""
    from imgopt.imaging.scores import plugin

    blank = plugin.CORE.std.BlankClip(width=image.width, height=image.height, format=plugin.FRAME_FORMAT, length=1)

    def fill(n: int, f: Any) -> Any:  # the plugin's own names
        frame = f.copy()
        for plane, band in enumerate("RGB"):
            stride = frame.get_stride(plane)
            rows = image.tobytes("raw", band, stride)
            ctypes.memmove(frame.get_write_ptr(plane), rows, len(rows))
        frame.props.update(**plugin.SRGB)
        return frame

    return blank.std.ModifyFrame(blank, fill)
