"""SVG, the one format here that is text: read, cleaned, drawn and made smaller without pixels."""

from imgopt.codecs.svg.lengths import read_size
from imgopt.codecs.svg.optimizer import optimize
from imgopt.codecs.svg.rendering import render
from imgopt.codecs.svg.resizing import resize
from imgopt.codecs.svg.sanitizer import sanitize
from imgopt.codecs.svg.signature import HEAD_BYTES, is_svg

__all__ = ["HEAD_BYTES", "is_svg", "optimize", "read_size", "render", "resize", "sanitize"]
