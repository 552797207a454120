"""Removes metadata from JPEG XL: boxes are dropped, the codestream is unchanged."""

from imgopt.codecs.jxl.container import JxlFile, read_file, write_boxes
from imgopt.codecs.shared.encoding import Metadata


def clean(data: bytes, kept: Metadata) -> bytes:
    """Returns the same pixels with only these metadata.

    The data for restoring a JPEG are dropped too: they contain the JPEG's metadata, or need the boxes of these. Raises
    InvalidImage where the boxes are damaged.
    """
    file = read_file(data)
    return write_boxes(JxlFile(file.codestream, exif=kept.exif, xmp=kept.xmp, level=file.level))
