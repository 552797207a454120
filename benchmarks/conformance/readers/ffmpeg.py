"""FFmpeg reads animated PNG, AVIF (by dav1d) and HEIC. It has its own code for containers, H.265 and blending."""

from importlib.metadata import version
from io import BytesIO
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from benchmarks.conformance.pictures import NotRead, Pixels
from imgopt.codecs.format import ImageHeader

NAME = f"FFmpeg (av {version('av')})"
# The code points of H.273 for matrices, and the numbers of the scaler for them.
BT601 = 5
MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9}


def frames_of(data: bytes, header: ImageHeader) -> list[Pixels]:
    """The frames of the first stream. A second stream of the same size has its alpha (ISO/IEC 23008-12, 6.5.8)."""
    try:
        with av.open(BytesIO(data)) as container:
            streams = container.streams.video
            _check(streams, header)
            frames = [_rgba(frame) for frame in container.decode(streams[0])]
        alpha = _alpha(data) if header.has_alpha and len(streams) == 2 else None
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise NotRead(str(error)) from error
    if not frames:
        raise NotRead("no frame")
    if alpha is not None and alpha.shape == frames[0].shape[:2]:
        frames[0] = np.dstack([frames[0][..., :3], alpha])
    return frames


def _check(streams: Any, header: ImageHeader) -> None:
    first = streams[0]
    if first.codec_context.name in ("hevc", "libdav1d") and len(streams) > 2:
        raise NotRead("the file has several items, and FFmpeg does not join tiles")
    turned = {(first.width, first.height), (first.height, first.width)}
    if (header.width, header.height) not in turned and first.codec_context.name != "apng":
        raise NotRead("FFmpeg read a part of the picture: it does not join or crop tiles")


def _rgba(frame: Any) -> Pixels:
    """The pixels as RGBA. If the file states no matrix, BT.601 is used (MIAF, ISO/IEC 23000-22, 7.3.6.4: 5 or 6)."""
    if frame.format.name.startswith(("rgb", "gbr", "ya", "pal", "gray", "mono")):
        pixels: Pixels = frame.to_ndarray(format="rgba")
        return pixels
    space = Colorspace(MATRICES.get(frame.colorspace, BT601))
    full = (
        ColorRange.JPEG
        if frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
        else ColorRange.MPEG
    )
    made = frame.reformat(
        format="rgba", src_colorspace=space, dst_colorspace=space, src_color_range=full,
        dst_color_range=ColorRange.JPEG, interpolation="BICUBIC",
    )  # fmt: skip
    plain: Pixels = made.to_ndarray()
    quarter_turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(plain, quarter_turns))


def _alpha(data: bytes) -> Pixels | None:
    with av.open(BytesIO(data)) as container:
        for frame in container.decode(container.streams.video[1]):
            alpha: Pixels = frame.to_ndarray(format="gray")
            return alpha
    return None
