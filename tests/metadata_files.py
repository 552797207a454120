"""Files with metadata in all usual places, and what is left of it in results."""

import struct

from imgopt.codecs.cleaning import clean
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from tests import pictures
from tests.pictures import draw, encode, open_image

NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:cc="http://creativecommons.org/ns#"'
)
XMP = f"""<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="A tool"><rdf:RDF {NAMESPACES}>
<rdf:Description rdf:about="uuid:1" tiff:Orientation="6" xmp:CreatorTool="An editor" xmpRights:Marked="True">
<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li></rdf:Seq></dc:creator>
<dc:subject><rdf:Bag><rdf:li>secret</rdf:li></rdf:Bag></dc:subject>
<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>
</rdf:Description></rdf:RDF></x:xmpmeta>""".encode()


def riff_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def cleaned(data: bytes, keep: KeepMetadata = KeepMetadata.NONE) -> bytes:
    made = clean(data, pictures.header(data).format, keep)
    assert made is not None
    assert open_image(made).tobytes() == open_image(data).tobytes()
    return made


def packet_of(data: bytes) -> bytes:
    info = open_image(data).info
    packet = info.get("xmp", info.get("XML:com.adobe.xmp", b""))
    return packet.encode() if isinstance(packet, str) else packet


def png_with(*late: bytes, early: bytes = b"", frames: int = 1) -> bytes:
    """A PNG with chunks behind its pixels, where some programs write XMP."""
    pictured = [draw().convert("RGB").rotate(90 * turn) for turn in range(frames)]
    plain = encode(pictured[0], "PNG", save_all=frames > 1, append_images=pictured[1:])
    return plain[:33] + early + plain[33:-12] + b"".join(late) + plain[-12:]
