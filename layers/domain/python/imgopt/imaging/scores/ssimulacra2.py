"""SSIMULACRA2, how alike two pictures look: 100 is the same, 90 hard to tell apart, 70 good, 50 visibly worse.

By VapourSynth's plugin vszip; numbers of other implementations differ by a point or two. See docs/quality.md.
"""

from typing import TYPE_CHECKING

from imgopt.imaging.scores.errors import NoScore

if TYPE_CHECKING:
    from PIL.Image import Image

METRIC = "ssimulacra2"
SAME_SCORE = 100.0
# CPU nanoseconds a pixel, and of a process's first comparison however small; bytes of memory a pixel.
NANOSECONDS_COMPARED, LEAST_NANOSECONDS, BYTES_COMPARED = 40.0, 2.5e6, 100
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
    compared = plugin.SSIMULACRA2(*map(plugin.show, pair))
    with compared.get_frame(0) as frame:
        return float(frame.props["SSIMULACRA2"])


def _enlarge(image: "Image") -> "Image":
    from PIL.Image import Resampling

    factor = -(-SMALLEST_SIDE // min(image.size))
    return image if factor == 1 else image.resize((image.width * factor, image.height * factor), Resampling.NEAREST)
