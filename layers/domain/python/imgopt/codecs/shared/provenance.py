"""What a file says of how it came about: IPTC's Digital Source Type, and whether it has a C2PA manifest.

The property is `Iptc4xmpExt:DigitalSourceType` of XMP, a term of IPTC's NewsCodes (IPTC Photo Metadata Standard 2023.2,
"Digital Source Type"). A term is known by the end of its address.
"""

import re
from dataclasses import dataclass, replace
from xml.parsers.expat import ExpatError

from imgopt.codecs.shared import xmp
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.iptc import Property

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPE = Property("Iptc4xmpExt:DigitalSourceType")
# "Modification or correction by algorithm without changing the main content of the media, initiated or configured by a
# human, such as sharpening or applying noise reduction" (the vocabulary of 2024-10-23): what a network does that makes
# an image larger. It gets no words to invent by, so that "Edited using Generative AI" would say too much.
ENHANCED = "algorithmicallyEnhanced"
# What says more than that: an image that was made, or partly made, by a machine is no less so once it is larger.
SYNTHETIC = frozenset(
    {"algorithmicMedia", "compositeSynthetic", "compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicMedia"}
)
# However XMP writes it: as an attribute, as an element, by either scheme. 64 letters are more than any term has.
TERM = re.compile(rb"https?://cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]{1,64})")
# With it, a packet fits the one segment of a JPEG that it may have.
LONGEST_MARKED = 64_000


@dataclass(frozen=True)
class Embedded:
    """The XMP packet of a file, empty where there is none, and whether there is a C2PA manifest."""

    xmp: bytes = b""
    has_manifest: bool = False


def read_source_type(packet: bytes) -> str | None:
    """The term that says most of those by which a machine had a part in an image; None where there is no such."""
    found = {each.decode() for each in TERM.findall(packet)}
    return next((each for each in sorted(SYNTHETIC) if each in found), ENHANCED if ENHANCED in found else None)


def mark(metadata: Metadata, term: str | None) -> Metadata:
    """With that source type, and else as it is. A packet that leaves no room for it, or is damaged, gives way."""
    if term is None or read_source_type(metadata.xmp) == term:
        return metadata
    stated = {SOURCE_TYPE: [VOCABULARY + term]}
    try:
        packet = xmp.set_texts(metadata.xmp, stated)
    except (ValueError, ExpatError):
        packet = b""
    if packet and len(packet) <= LONGEST_MARKED:
        return replace(metadata, xmp=packet)
    return replace(metadata, xmp=xmp.set_texts(b"", stated), unread=(*metadata.unread, "XMP"))
