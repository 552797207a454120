"""Resizes SVG, which stays SVG."""

from xml.etree.ElementTree import Element

from imgopt.codecs.capabilities import Prepared
from imgopt.codecs.svg.document import parse, serialize
from imgopt.codecs.svg.lengths import intrinsic, view_box
from imgopt.codecs.svg.picture_metadata import strip_pictures
from imgopt.codecs.svg.sanitizer import clean_tree

FITTED = {"pad": "xMidYMid meet", "crop": "xMidYMid slice", "fit": "xMidYMid meet"}


def prepare_vector(data: bytes, width: int | None, height: int | None, behavior: str) -> Prepared:
    """Sanitizes the SVG, and sets the requested width and height in pixels. A single one keeps the proportions.

    With both, "pad" and "fit" show the whole picture, "crop" fills the area. Embedded pictures lose their metadata.
    Raises as `clean_svg` does.
    """
    root = parse(data)
    left_out = clean_tree(root)
    strip_pictures(root)
    if width or height:
        _fit(root, width, height, behavior)
    return Prepared(serialize(root), left_out)


def _fit(root: Element, width: int | None, height: int | None, behavior: str) -> None:
    own_width, own_height = intrinsic(root)
    if view_box(root) is None:
        root.set("viewBox", f"0 0 {own_width:.9g} {own_height:.9g}")
    if width and height:
        root.set("preserveAspectRatio", FITTED[behavior])
    wanted_width = width or ((height or 0) * own_width / own_height)
    wanted_height = height or ((width or 0) * own_height / own_width)
    _set_size(root, wanted_width, wanted_height)


def _set_size(root: Element, width: float, height: float) -> None:
    root.attrib |= {"width": str(max(1, round(width))), "height": str(max(1, round(height)))}
