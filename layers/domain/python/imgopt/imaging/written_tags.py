"""Writes tags into the XMP of a finished file without encoding it again."""

from collections.abc import Sequence
from io import BytesIO
from xml.parsers.expat import ExpatError

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared import xmp
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.iptc import IPTC_PROPERTIES, Property, Shape
from imgopt.codecs.shared.provenance import mark, read_source_type
from imgopt.imaging.options import ProcessingSettings

# IPTC Photo Metadata Standard 2023.2, "Alt Text (Accessibility)", "Title" and "Keywords".
ALT_TEXT = Property("Iptc4xmpCore:AltTextAccessibility", Shape.LANGUAGES)
TITLE, KEYWORDS = IPTC_PROPERTIES[5], IPTC_PROPERTIES[25]
# The bytes that most tags take, and the largest share of a limit (one in this many) that is reserved for them.
ROOM_FOR_TAGS, PART_OF_LIMIT = 2048, 20


def leave_room(options: ProcessingSettings) -> ProcessingSettings:
    """Returns settings that leave room for tags within the limit on bytes, in most cases."""
    limit = options.output_file_size_limit
    if limit is None or not options.write_tags:
        return options
    return options.model_copy(update={"output_file_size_limit": limit - min(ROOM_FOR_TAGS, limit // PART_OF_LIMIT)})


def write_tags(data: bytes, name: str, alt_text: str, title: str, keywords: Sequence[str]) -> bytes:
    """Returns the file with these tags in place of those it had; b"" where the format can't hold them.

    Other XMP is kept. A damaged packet is replaced, and only its source type is kept.
    """
    target = FORMATS[name]
    if not target.write_xmp or not target.read_embedded:
        return b""
    before = target.read_embedded(BytesIO(data)).xmp
    texts = {ALT_TEXT: [alt_text], TITLE: [title], KEYWORDS: keywords}
    try:
        packet = xmp.set_texts(before, texts)
    except (ValueError, ExpatError):
        packet = mark(Metadata(xmp=xmp.set_texts(b"", texts)), read_source_type(before)).xmp
    return target.write_xmp(data, packet) or b""
