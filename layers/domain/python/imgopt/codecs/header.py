"""Reads an image's header without decoding pixels."""

import sys
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from imgopt.codecs.format import ImageHeader, Limits
from imgopt.codecs.formats import FORMATS, sniff
from imgopt.codecs.recognition import HEAD_BYTES
from imgopt.codecs.shared.provenance import read_source_type
from imgopt.errors import Unrecognized


def read_header(file: BinaryIO, limits: Limits) -> ImageHeader:
    """Recognizes the format, and checks limits and completeness, the cheapest checks first.

    Raises Unsupported, TooLarge or InvalidImage.
    """
    file.seek(0)
    found = sniff(file.read(HEAD_BYTES))
    if found is None:
        labels = ", ".join(each.label for each in FORMATS.values())
        raise Unrecognized(f"Unsupported file type. Supported are {labels}.")
    file.seek(0)
    header = found.read_header(file, found, limits)
    if found.read_embedded is None:
        return header
    embedded = found.read_embedded(file)
    return replace(header, source_type=read_source_type(embedded.xmp), has_manifest=embedded.has_manifest)


def count_frames(data: bytes, format_name: str) -> int:
    """Returns the number of frames of a file that this service made."""
    scan = FORMATS[format_name].scan
    return scan(BytesIO(data), max_frames=sys.maxsize).frames if scan else 1
