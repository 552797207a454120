"""The formats in order of size at the same score, by the kind of the picture."""

from imgopt.imaging.kinds import PictureKind

# Measured by `python -m benchmarks.url --kinds`, see docs/decisions/0067: median bytes at a score of 80, on 512 pixels.
SMALLEST_FIRST = {
    PictureKind.PHOTO: ("avif", "jxl", "jpg", "webp"),
    PictureKind.GRAPHIC: ("avif", "webp", "jxl", "jpg", "png"),
}
KEEPS_NO_ALPHA = "jpg"


def formats_by_kind(kind: PictureKind, has_alpha: bool) -> tuple[str, ...]:
    """Returns names of formats, the smallest first. With alpha, only formats that keep it."""
    order = SMALLEST_FIRST[kind]
    if not has_alpha:
        return order
    return tuple(dict.fromkeys(each for each in (*order, "png") if each != KEEPS_NO_ALPHA))
