"""Detects a C2PA manifest element in an SVG (C2PA 2.2, annex A). XMP isn't read, because it is never kept."""

import re
from typing import BinaryIO

from imgopt.codecs.shared.provenance import Embedded

MANIFEST = re.compile(rb"<c2pa:manifest[\s>]")


def read_embedded(file: BinaryIO) -> Embedded:
    file.seek(0)
    return Embedded(has_manifest=MANIFEST.search(file.read()) is not None)
