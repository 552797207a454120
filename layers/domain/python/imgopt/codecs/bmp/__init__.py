"""BMP, which is only read, by Pillow."""

from imgopt.codecs.format import Format, begins
from imgopt.codecs.shared import headers
from imgopt.codecs.shared.pillow import opener

FORMAT = Format(
    name="bmp",
    label="BMP",
    mime_type="image/bmp",
    matches=begins(((0, b"BM"), (6, bytes(4)))),
    pillow_name="BMP",
    read_header=headers.read_by_pillow,
    open_image=opener("BMP"),
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
)
