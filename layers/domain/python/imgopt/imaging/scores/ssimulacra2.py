"""SSIMULACRA2, the similarity of two pictures: 100 is equal, 90 hardly distinguishable, 70 good, 50 visibly worse.

Computed by VapourSynth's plugin vszip. Other implementations differ by one or two points. See docs/quality.md.
"""

from typing import TYPE_CHECKING

from imgopt.imaging.scores.errors import NoScore

if TYPE_CHECKING:
    from PIL.Image import Image

METRIC = "ssimulacra2"
SAME_SCORE = 100.0
# CPU nanoseconds per pixel; of the first comparison of a process, at least; and bytes of memory per pixel.
NANOSECONDS_COMPARED, LEAST_NANOSECONDS, BYTES_COMPARED = 40.0, 2.5e6, 100
# Smaller pictures have no meaningful score.
SMALLEST_SIDE = 8
NEEDS_NEWER_PYTHON = "No score: it needs Python 3.12 or newer."


def compare(reference: "Image", made: "Image") -> float:
    """Returns the score of `made`, at most 100. Both pictures are RGB and of one size. Raises NoScore without the
    plugin.
    """
    pair = [_enlarge(each) for each in (reference, made)]
    if pair[0].tobytes() == pair[1].tobytes():
        return SAME_SCORE  # the plugin says 99.96 for equal pictures
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
