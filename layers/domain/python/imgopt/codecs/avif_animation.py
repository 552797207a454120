"""Animated AVIF by libavif, as Pillow carries it."""

from io import BytesIO

from imgopt.codecs.animation import Animation
from imgopt.codecs.encoding import Encoding
from imgopt.codecs.timing import shown

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
