"""Whether a source is answered as it is, and what it becomes where no format is asked for."""

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.transform.options import TransformOptions

# imgproxy's preferred formats, in their order.
PREFERRED_FORMATS = ("jpg", "png", "gif")


def is_left_alone(source: ImageHeader, asked: str | None, skipped: frozenset[str]) -> bool:
    """Whether a source of a format that is skipped stays as it is: where no other is asked for. No drawing is: it is
    cleaned first."""
    if FORMATS[source.format].vector:
        return False
    return source.format in skipped and asked in (None, source.format)


def usual_format(source: ImageHeader, options: TransformOptions, *, moves: bool) -> str:
    """Without a format in the URL, and none that the client prefers: a drawing stays one, and what isn't shown
    everywhere becomes JPEG, PNG or GIF, by transparency and whether it `moves`."""
    if FORMATS[source.format].vector or source.format in PREFERRED_FORMATS:
        return source.format
    if moves:
        return "gif"
    padding = options.padding
    is_padded = options.extend is not None or any((padding.top, padding.right, padding.bottom, padding.left))
    return "png" if options.background is None and (source.has_alpha or is_padded) else "jpg"
