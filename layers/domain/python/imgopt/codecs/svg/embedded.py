"""Whether an SVG has a C2PA manifest, in an element of its own (C2PA 2.2, annex A). XMP doesn't count: none stays."""

import re
from typing import BinaryIO

from imgopt.codecs.shared.provenance import Embedded

MANIFEST = re.compile(rb"<c2pa:manifest[\s>]")


def read_embedded(file: BinaryIO) -> Embedded:
    file.seek(0)
    return Embedded(has_manifest=MANIFEST.search(file.read()) is not None)
