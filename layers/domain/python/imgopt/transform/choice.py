"""Decides whether a source is answered unchanged, and its format where the URL names none."""

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.transform.options import TransformOptions

# imgproxy's preferred formats, in their order.
PREFERRED_FORMATS = ("jpg", "png", "gif")


def is_left_alone(source: ImageHeader, output_format: str | None, skipped: frozenset[str]) -> bool:
    """Returns whether a source stays unchanged: its format is in `skipped`, and no other format is asked for.

    Vector images never are, because they must be cleaned.
    """
    if FORMATS[source.format].vector:
        return False
    return source.format in skipped and output_format in (None, source.format)


def usual_format(source: ImageHeader, options: TransformOptions, *, moves: bool) -> str:
    """Returns the default format, where neither the URL nor the client names one.

    A vector image stays one. Formats that browsers don't all show become JPEG, PNG or GIF, by transparency and by
    `moves`.
    """
    if FORMATS[source.format].vector or source.format in PREFERRED_FORMATS:
        return source.format
    if moves:
        return "gif"
    padding = options.padding
    is_padded = options.extend is not None or any((padding.top, padding.right, padding.bottom, padding.left))
    return "png" if options.background is None and (source.has_alpha or is_padded) else "jpg"
