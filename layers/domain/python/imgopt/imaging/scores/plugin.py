"""VapourSynth's core with the plugin that computes SSIMULACRA2. Loading it takes 70 ms, and starts no thread.

Raises ImportError where no wheel exists, as for Python 3.11.
"""

import ctypes
from typing import TYPE_CHECKING, Any

import vapoursynth

if TYPE_CHECKING:
    from PIL.Image import Image

CORE = vapoursynth.core
CORE.num_threads = 1  # a job has one core
SSIMULACRA2 = CORE.vszip.SSIMULACRA2
FRAME_FORMAT = vapoursynth.RGB24
# VapourSynth's numbers of sRGB's transfer function, the RGB matrix, and the full range, so that it doesn't guess them.
SRGB = {"_Transfer": 13, "_Matrix": 0, "_Range": 0}


def show(image: "Image") -> Any:
    """Returns a clip of one frame with the three planes of an image in mode RGB."""
    frame = CORE.create_video_frame(FRAME_FORMAT, *image.size)
    for plane, band in enumerate("RGB"):
        stride = frame.get_stride(plane)
        rows = image.tobytes("raw", band, stride)
        ctypes.memmove(frame.get_write_ptr(plane), rows, len(rows))
    frame.props.update(**SRGB)
    blank = CORE.std.BlankClip(width=image.width, height=image.height, format=FRAME_FORMAT, length=1, keep=True)
    return blank.std.ModifyFrame(blank, lambda n, f: frame)  # the plugin prescribes these names


def _warm_up() -> None:
    """Loads what the first clip loads, so that processes that are forked later needn't: that is a fifth of a small
    comparison.
    """
    from PIL import Image

    show(Image.new("RGB", (16, 16)))
    _ = SSIMULACRA2.signature


_warm_up()
