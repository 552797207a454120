"""Which formats hold what a picture shows in the fewest bytes at the same score."""

from imgopt.imaging.kinds import PictureKind

# By `python -m benchmarks.url --kinds`, see docs/decisions/0067: medians of bytes at a score of 80, on 512 pixels.
SMALLEST_FIRST = {
    PictureKind.PHOTO: ("avif", "jxl", "jpg", "webp"),
    PictureKind.GRAPHIC: ("avif", "webp", "jxl", "jpg", "png"),
}
KEEPS_NO_ALPHA = "jpg"


def formats_by_kind(kind: PictureKind, has_alpha: bool) -> tuple[str, ...]:
    """Names of formats, the one that is smallest first; those that keep alpha where there is some."""
    order = SMALLEST_FIRST[kind]
    if not has_alpha:
        return order
    return tuple(dict.fromkeys(each for each in (*order, "png") if each != KEEPS_NO_ALPHA))
