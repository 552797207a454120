"""Converts embedded pictures for resvg: drawings are adapted, and unsupported formats are converted to PNG."""

from collections.abc import Callable
from io import BytesIO
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.document import XLINK_HREF
from imgopt.codecs.svg.embedding import SVG_TYPE, address_of, content_of, picture_type_of
from imgopt.codecs.svg.vocabulary import PICTURES
from imgopt.settings import settings

# resvg decodes the other formats itself.
FOREIGN_KINDS = {"image/avif": "AVIF", "image/bmp": "BMP", "image/x-icon": "ICO"}
NOT_READ = "images that can't be decoded"
Adapt = Callable[[bytes], tuple[bytes, frozenset[str]]]


def adapt_pictures(root: Element, adapt_drawing: Adapt) -> frozenset[str]:
    """Changes data URLs in the tree. Returns names of what is left out."""
    left_out: set[str] = set()
    for element in root.iter():
        for name in ("href", XLINK_HREF) if element.tag in PICTURES else ():
            kind = picture_type_of(element.get(name, ""))
            if kind == SVG_TYPE:
                content, missing = adapt_drawing(content_of(element.get(name, "")))
                element.set(name, address_of(content, SVG_TYPE))
                left_out |= missing
            elif kind in FOREIGN_KINDS:
                png = _decode(content_of(element.get(name, "")), FOREIGN_KINDS[kind])
                element.set(name, address_of(png, "image/png") if png else "")
                left_out |= set() if png else {NOT_READ}
    return frozenset(left_out)


def _decode(content: bytes, reader: str) -> bytes:
    """Returns a PNG; b"" where the picture can't be decoded or is too large."""
    from PIL import Image

    out = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=[reader]) as image:
            if image.width * image.height > settings().max_pixels:
                return b""
            image.convert("RGBA").save(out, "PNG", compress_level=1)
    except (ArithmeticError, EOFError, OSError, SyntaxError, ValueError):
        return b""
    return out.getvalue()
