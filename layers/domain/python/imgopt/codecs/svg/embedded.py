"""Detects a C2PA manifest element in an SVG (C2PA 2.2, annex A). XMP isn't read, because it is never kept."""

import re
from typing import BinaryIO

from imgopt.codecs.shared.provenance import Embedded
from imgopt.codecs.shared.searching import search_in_parts

MANIFEST = re.compile(rb"<c2pa:manifest[\s>]")
MANIFEST_BYTES = 15


def read_embedded(file: BinaryIO) -> Embedded:
    file.seek(0)
    return Embedded(has_manifest=search_in_parts(MANIFEST, file.read(), 0, MANIFEST_BYTES) is not None)
