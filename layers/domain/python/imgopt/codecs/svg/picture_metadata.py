"""Removes metadata from pictures embedded in an SVG."""

from contextlib import suppress
from xml.etree.ElementTree import Element

from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.codecs.svg.document import XLINK_HREF, parse, serialize
from imgopt.codecs.svg.embedding import SVG_TYPE, address_of, content_of, picture_type_of
from imgopt.codecs.svg.vocabulary import PICTURES


def strip_pictures(root: Element) -> None:
    """Changes data URLs in the tree. Damaged pictures, and formats without cleaning, are unchanged."""
    for element in root.iter():
        for name in ("href", XLINK_HREF) if element.tag in PICTURES else ():
            address = element.get(name, "")
            kind = picture_type_of(address)
            if kind == SVG_TYPE:
                element.set(name, address_of(_strip_drawing(content_of(address)), kind))
            elif kind:
                element.set(name, _strip(address, kind))


def _strip(address: str, kind: str) -> str:
    # imported late, because the list of formats contains this one
    from imgopt.codecs.cleaning import clean
    from imgopt.codecs.formats import FORMATS

    names = [each.name for each in FORMATS.values() if each.mime_type == kind and each.clean]
    content = content_of(address)
    with suppress(Exception):  # whatever the damage is, browsers may still show the picture
        cleaned = clean(content, names[0], KeepMetadata.NONE) if names else None
        return address_of(cleaned, kind) if cleaned and cleaned != content else address
    return address


def _strip_drawing(data: bytes) -> bytes:
    """Strips an embedded drawing, which has been sanitized."""
    root = parse(data)
    strip_pictures(root)
    return serialize(root)
