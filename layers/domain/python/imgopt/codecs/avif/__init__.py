"""AVIF by libavif and libaom, which Pillow's wheels contain."""

from imgopt.codecs.avif import animation, cleaning, codec, insertion
from imgopt.codecs.capabilities import Content
from imgopt.codecs.format import Format
from imgopt.codecs.recognition import branded
from imgopt.codecs.shared import headers, isobmff_color, isobmff_embedded
from imgopt.codecs.shared.animation import decoder

FORMAT = Format(
    name="avif",
    label="AVIF",
    mime_type="image/avif",
    matches=branded(frozenset({b"avif", b"avis"})),
    pillow_name="AVIF",
    read_header=headers.read_boxes,
    open_image=codec.open_image,
    scan=animation.scan,
    decode_animation=decoder("AVIF", "AVIF", isobmff_color.read_heif_color),
    vector=None,
    encode=codec.encode,
    encode_set=None,
    encode_animation=animation.encode_animation,
    rewrite_animation=None,
    clean=cleaning.clean,
    mend=None,
    replaced_by=None,
    read_embedded=isobmff_embedded.read_embedded,
    write_xmp=insertion.write_xmp,
    insert_metadata=insertion.insert,
    count_bits=isobmff_color.count_heif_bits,
    read_loss=isobmff_color.read_heif_loss,
    native_of=codec.quantizer_of,
    encode_quickly=codec.encode_quickly,
    encode_nanoseconds=270.0,
    photo_bits=0.8,
    least_bytes=300,
    decode_nanoseconds=20.0,
    largest_side=65_535,
    suits=frozenset({Content.PHOTO, Content.DRAWING, Content.ANIMATION}),
    is_shown_everywhere=True,
)
