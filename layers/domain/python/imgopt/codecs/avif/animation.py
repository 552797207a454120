"""Animated AVIF by libavif, as Pillow carries it; counted from its boxes (ISO/IEC 14496-12, 8.3-8.7)."""

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
    """Animated AVIF, quality 1-100, alpha kept. It plays forever: the library can't write another number of plays.

    Delays too short for browsers become what they show them for.
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
    """Counts the frames of the longest track and how long they are shown; a file without one is a still image.

    Raises TooLarge at more than `max_frames` frames.
    """
    movie = find_box(file, b"moov")
    tracks = [_read_track(data) for kind, data in boxes(movie) if kind == b"trak"] if movie else []
    timing = max(tracks, key=lambda track: track.frames, default=STILL)
    if timing.frames > max_frames:
        raise TooLarge(f"Animation too long. At most {max_frames} frames are accepted.")
    return timing


def _read_track(track: bytes) -> Timing:
    """Samples by stsz; duration by mdhd, in units that it names itself."""
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
