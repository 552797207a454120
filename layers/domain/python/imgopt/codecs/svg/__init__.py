"""SVG, the only vector format: sanitized, optimized and resized as text, or drawn."""

from typing import BinaryIO

from imgopt.codecs.capabilities import Vector
from imgopt.codecs.format import Format, ImageHeader, Limits
from imgopt.codecs.shared.encoding import Encoding
from imgopt.codecs.svg import embedded, trace
from imgopt.codecs.svg.document import parse
from imgopt.codecs.svg.lengths import read_proportion, read_size
from imgopt.codecs.svg.optimizer import optimize_clean, optimize_svg
from imgopt.codecs.svg.rendering import check_drawable, render_svg
from imgopt.codecs.svg.resizing import prepare_vector
from imgopt.codecs.svg.sanitizer import clean_svg, sanitize
from imgopt.codecs.svg.signature import is_svg

__all__ = [
    "FORMAT",
    "clean_svg",
    "is_svg",
    "optimize_svg",
    "prepare_vector",
    "read_size",
    "render_svg",
    "sanitize",
]


def _read_header(file: BinaryIO, found: Format, _limits: Limits) -> ImageHeader:
    """Reads the header. An SVG's size is that in CSS pixels."""
    size, proportion = read_proportion(file.read())
    return ImageHeader(found.name, found.mime_type, *size, has_alpha=True, proportion=proportion)


def has_metadata(data: bytes) -> bool:
    """Returns whether a `metadata` element has content, in any namespace (SVG 1.1, 21.2)."""
    return any(element.tag == "metadata" and len(element) > 0 for element in parse(data).iter())


def _optimize(data: bytes, quality: int) -> Encoding:
    return Encoding(optimize_clean(data, quality), "svgo")


FORMAT = Format(
    name="svg",
    label="SVG",
    mime_type="image/svg+xml",
    matches=is_svg,
    pillow_name="",
    read_header=_read_header,
    open_image=None,
    scan=None,
    decode_animation=None,
    vector=Vector(render_svg, prepare_vector, _optimize, has_metadata, check_drawable),
    encode=trace.encode,
    encode_set=None,
    encode_animation=None,
    rewrite_animation=None,
    clean=None,
    mend=None,
    replaced_by=None,
    read_embedded=embedded.read_embedded,
    encode_nanoseconds=2000.0,
    least_bytes=100,
    decode_nanoseconds=50.0,
    longest_metadata=0,
    runs_programs=True,
    is_shown_everywhere=True,
)
