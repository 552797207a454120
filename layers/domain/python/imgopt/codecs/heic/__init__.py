"""HEIC, which can only be read, by libheif in a child process."""

from imgopt.codecs.format import Format
from imgopt.codecs.heic import codec
from imgopt.codecs.recognition import branded
from imgopt.codecs.shared import headers, isobmff_color, isobmff_embedded

BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


FORMAT = Format(
    name="heic",
    label="HEIC",
    mime_type="image/heic",
    matches=branded(BRANDS),
    pillow_name="",
    read_header=headers.read_boxes,
    open_image=codec.open_image,
    scan=None,
    decode_animation=None,
    vector=None,
    encode=None,
    encode_set=None,
    encode_animation=None,
    rewrite_animation=None,
    clean=None,
    mend=None,
    replaced_by=("jpg", "png"),
    read_embedded=isobmff_embedded.read_embedded,
    count_bits=isobmff_color.count_heif_bits,
    read_loss=isobmff_color.read_heif_loss,
)
