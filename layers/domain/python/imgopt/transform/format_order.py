"""Which formats hold what a picture shows in the fewest bytes at the same score."""

from imgopt.imaging.kinds import PictureKind

# By `make bench-url`, see benchmarks/URL.md: the median of bytes at a score of 80 on a side of 512 pixels.
SMALLEST_FIRST = {
    PictureKind.PHOTO: ("avif", "jxl", "webp", "jpg"),
    PictureKind.GRAPHIC: ("webp", "jxl", "avif", "png", "jpg"),
}
KEEPS_NO_ALPHA = "jpg"


def formats_by_kind(kind: PictureKind, has_alpha: bool) -> tuple[str, ...]:
    """Names of formats, the one that is smallest first; those that keep alpha where there is some."""
    order = SMALLEST_FIRST[kind]
    if not has_alpha:
        return order
    return tuple(each for each in (*order, "png") if each != KEEPS_NO_ALPHA)
