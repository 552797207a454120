"""Animated AVIF: encoded by libavif through Pillow; frames are counted from boxes (ISO/IEC 14496-12, 8.3 to 8.7)."""

import struct
from io import BytesIO
from typing import BinaryIO

from imgopt.codecs.shared.animation import Animation
from imgopt.codecs.shared.encoding import Encoding
from imgopt.codecs.shared.isobmff import boxes, find_box
from imgopt.codecs.shared.timing import STILL, Timing, shown
from imgopt.errors import InvalidImage, TooLarge

ENCODER = "libavif"
SPEED = 8
THREADS = 1


def encode_animation(animation: Animation, quality: int) -> Encoding:
    """Encodes an animated AVIF at a quality, 1 to 100, with alpha. It loops forever, because the library supports no
    other number.

    Delays too short for browsers become the ones that browsers use instead.
    """
    out = BytesIO()
    first, *others = animation.frames
    first.save(
        out,
        "AVIF",
        save_all=True,
        append_images=others,
        duration=[shown(duration) for duration in animation.durations],
        quality=quality,
        speed=SPEED,
        max_threads=THREADS,
    )
    return Encoding(out.getvalue(), ENCODER)


def scan(file: BinaryIO, *, max_frames: int) -> Timing:
    """Counts the frames of the longest track and their duration. A file without a track is a still image.

    Raises TooLarge for more than `max_frames` frames.
    """
    movie = find_box(file, b"moov")
    tracks = [_read_track(data) for kind, data in boxes(movie) if kind == b"trak"] if movie else []
    timing = max(tracks, key=lambda track: track.frames, default=STILL)
    if timing.frames > max_frames:
        raise TooLarge(f"Animation too long. At most {max_frames} frames are accepted.")
    return timing


def _read_track(track: bytes) -> Timing:
    """Returns the number of samples from stsz, and the duration from mdhd in its time scale."""
    media = _child(track, b"mdia")
    header, sizes = _child(media, b"mdhd"), media
    for kind in (b"minf", b"stbl", b"stsz"):
        sizes = _child(sizes, kind)
    try:
        unit, duration = struct.unpack_from(">IQ" if header[0] else ">II", header, 20 if header[0] else 12)
        (frames,) = struct.unpack_from(">I", sizes, 8)
    except (struct.error, IndexError) as error:
        raise InvalidImage("The file's structure is damaged.") from error
    return Timing(frames, round(1000 * duration / (unit or 1))) if frames > 1 and duration else STILL


def _child(parent: bytes, wanted: bytes) -> bytes:
    return next((data for kind, data in boxes(parent) if kind == wanted), b"")
