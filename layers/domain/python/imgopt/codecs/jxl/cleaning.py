"""JPEG XL without metadata: a file's boxes are dropped, its codestream stays as it is."""

from imgopt.codecs.jxl.container import JxlFile, read_file, write_boxes
from imgopt.codecs.shared.encoding import Metadata


def clean(data: bytes, kept: Metadata) -> bytes:
    """The same pixels with that metadata alone.

    What gives back a JPEG is dropped, too: it has the JPEG's metadata, or doesn't work without the boxes of these.
    Raises InvalidImage where the boxes are damaged.
    """
    file = read_file(data)
    return write_boxes(JxlFile(file.codestream, exif=kept.exif, xmp=kept.xmp, level=file.level))
