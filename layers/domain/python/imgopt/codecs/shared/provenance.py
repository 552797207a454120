"""The provenance of a file: IPTC's Digital Source Type, and C2PA manifests.

The property is `Iptc4xmpExt:DigitalSourceType` of XMP, a term of IPTC's NewsCodes (IPTC Photo Metadata Standard 2023.2,
"Digital Source Type"). Terms are named here by the end of their URI.
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
# human, such as sharpening or applying noise reduction" (vocabulary of 2024-10-23). That applies to an upscaling
# network. It gets no prompt, so that "Edited using Generative AI" would claim too much.
ENHANCED = "algorithmicallyEnhanced"
# Stronger terms, which stay: an image that a machine has made, wholly or partly, is still that after upscaling.
SYNTHETIC = frozenset(
    {"algorithmicMedia", "compositeSynthetic", "compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicMedia"}
)
# In any XMP notation: as an attribute or an element, with http or https. No term has more than 64 letters.
TERM = re.compile(rb"https?://cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]{1,64})")
# A packet with the property fits the single JPEG segment that it may have.
LONGEST_MARKED = 64_000


@dataclass(frozen=True)
class Embedded:
    """The XMP packet of a file (b"" for none), and whether there is a C2PA manifest."""

    xmp: bytes = b""
    has_manifest: bool = False


def read_source_type(packet: bytes) -> str | None:
    """Returns the strongest term that names a machine's part in an image; None without one."""
    found = {each.decode() for each in TERM.findall(packet)}
    return next((each for each in sorted(SYNTHETIC) if each in found), ENHANCED if ENHANCED in found else None)


def mark(metadata: Metadata, term: str | None) -> Metadata:
    """Sets the source type. An XMP packet that is too long for it, or damaged, is replaced."""
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
