"""Reads XMP, and detects C2PA manifests, in the first directory of a TIFF."""

from contextlib import suppress
from typing import BinaryIO

from imgopt.codecs.shared.metadata import LONGEST_KEPT
from imgopt.codecs.shared.provenance import Embedded
from imgopt.codecs.tiff.directory import read_directory, read_start, read_values
from imgopt.codecs.tiff.tags import MANIFEST, XMP_PACKET
from imgopt.errors import InvalidImage


def read_embedded(file: BinaryIO) -> Embedded:
    with suppress(InvalidImage):
        layout, _, first = read_start(file)
        directory = read_directory(file, layout, first)
        _, length, _ = directory.entries.get(XMP_PACKET, (0, 0, b""))
        packet = bytes(read_values(file, directory, XMP_PACKET, LONGEST_KEPT)) if length <= LONGEST_KEPT else b""
        return Embedded(packet, MANIFEST in directory)
    return Embedded()
