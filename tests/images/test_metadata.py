"""Metadata: the necessary parts stay, and the others are kept or removed as requested."""

import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from imgopt.codecs.avif import cleaning
from imgopt.codecs.cleaning import clean
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared import iptc, xmp
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from tests import animations, pictures
from tests.metadata_files import NAMESPACES, XMP, cleaned, packet_of, riff_chunk
from tests.pictures import draw, encode, open_image, run

JFIF_START = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
IPTC = b"".join(
    iptc.Dataset(record, number, text).to_bytes()
    for record, number, text in (
        (1, 90, iptc.UTF_8),
        (2, 25, b"harbour"),
        (2, 80, "Zoë".encode()),
        (2, 116, b"(c) Zoe"),
    )
)


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def with_segments(data: bytes, *segments: bytes) -> bytes:
    return data[:2] + b"".join(segments) + data[2:]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_iptc() -> bytes:
    return with_segments(pictures.jpeg(), segment(0xED, iptc.to_photoshop(IPTC)))


# What is written


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_jpeg_begins_with_jfif(mode):
    assert run(pictures.png(mode), output_format="jpg").data.startswith(JFIF_START)


@pytest.mark.parametrize(("source", "target"), [("PNG", "jpg"), ("JPEG", "png"), ("JPEG", "jpg"), ("BMP", "png")])
def test_the_resolution_of_the_source_is_kept(source, target):
    done = run(encode(draw(), source, dpi=(300, 300)), output_format=target, output_width=20)
    assert [round(each) for each in open_image(done.data).info["dpi"]] == [300, 300]


def test_no_resolution_is_made_up():
    data = run(pictures.png(), output_format="jpg").data
    assert "dpi" not in open_image(data).info
    assert "dpi" not in open_image(run(pictures.jpeg(), output_format="png").data).info


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("quality", [80, 100])
def test_exif_in_webp_is_what_was_asked_alone(mode, quality):
    exif = Image.Exif()
    exif[0x8298], exif[0x010F] = "(c) somebody", "A camera"
    data = encode(draw(mode), "PNG", exif=exif)
    done = run(data, output_format="webp", output_quality=quality, keep_metadata="all")
    assert b"EXIF" in done.data
    assert b"Exif\0\0" not in done.data
    image = open_image(done.data)
    assert dict(image.getexif()) == {0x8298: "(c) somebody", 0x010F: "A camera"}
    assert image.mode == mode


def test_exif_of_rights_alone_has_what_exif_requires():
    exif = Image.Exif()
    exif[0x8298] = "(c) somebody"
    done = run(encode(draw(), "JPEG", exif=exif, dpi=(240, 240)), output_format="jpg", keep_metadata="copyright")
    found = open_image(done.data).getexif()
    assert (found[0x011A], found[0x011B], found[0x0128], found[0x0213]) == (240, 240, 2, 1)
    details = found.get_ifd(0x8769)
    assert (details[0x9000], details[0xA002], details[0xA003]) == (b"0232", pictures.WIDTH, pictures.HEIGHT)


# What stays in a file whose pixels are not touched


def test_thumbnails_and_private_segments_leave_a_jpeg():
    private = (segment(0xE0, b"JFXX\0\x13thumbnail"), segment(0xEB, b"JP\0\0c2pa"))
    made = cleaned(with_segments(pictures.jpeg(), *private))
    assert not any(word in made for word in (b"JFXX", b"c2pa"))


def test_a_jfif_thumbnail_leaves_a_jpeg():
    plain = pictures.jpeg()
    thumbnail = segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\1\1abc")
    made = cleaned(plain[:2] + thumbnail + plain[20:])
    assert made.startswith(JFIF_START)
    assert open_image(made).info["dpi"] == (72, 72)
    assert b"abc" not in made[:40]


def test_a_jpeg_of_exif_alone_becomes_jfif_with_its_resolution():
    exif = Image.Exif()
    exif[0x011A] = exif[0x011B] = 240.0
    exif[0x0128] = 2
    plain = pictures.jpeg(exif=exif)
    made = cleaned(plain[:2] + plain[20:] if plain[2:4] == b"\xff\xe0" else plain)
    assert made.startswith(JFIF_START)
    assert open_image(made).info["dpi"] == (240, 240)


def test_a_jpeg_whose_colours_jfif_would_change_gets_none():
    assert b"JFIF" not in cleaned(encode(draw(), "JPEG", keep_rgb=True))
    assert b"JFIF" not in cleaned(encode(draw("CMYK"), "JPEG"))


def test_the_profile_stays_in_a_jpeg():
    profile = pictures.swapped_profile()
    assert open_image(cleaned(pictures.jpeg(icc_profile=profile))).info["icc_profile"] == profile


def test_only_known_chunks_stay_in_a_png():
    private = b"".join(chunk(kind, b"private") for kind in (b"caBX", b"mkBF", b"prVW", b"eXIf", b"tIME"))
    data = encode(draw(), "PNG", dpi=(300, 300), icc_profile=pictures.swapped_profile())
    made = cleaned(data[:33] + private + data[33:])
    assert b"private" not in made
    assert {"dpi", "icc_profile"} <= open_image(made).info.keys()


@pytest.mark.parametrize("frames", [1, 3])
def test_only_known_chunks_stay_in_a_webp(frames):
    plain = animations.saved([draw("RGBA")] * frames, "WEBP", duration=50) if frames > 1 else pictures.webp("RGBA")
    more = riff_chunk(b"prVW", b"private")
    made = cleaned(plain[:4] + struct.pack("<I", len(plain) + len(more) - 8) + plain[8:] + more)
    assert b"prVW" not in made


def test_an_animation_keeps_its_frames_without_what_is_unknown_in_them():
    frame = riff_chunk(b"VP8L", pictures.webp(lossless=True)[20:])
    head = bytes(6) + struct.pack("<I", 47)[:3] + struct.pack("<I", 31)[:3] + b"\x32\0\0\0"
    extended = riff_chunk(b"VP8X", b"\x02\0\0\0" + struct.pack("<I", 47)[:3] + struct.pack("<I", 31)[:3])
    frames = riff_chunk(b"ANMF", head + frame + riff_chunk(b"prVW", b"private")) * 2
    body = b"WEBP" + extended + riff_chunk(b"ANIM", bytes(6)) + frames
    made = cleaned(b"RIFF" + struct.pack("<I", len(body)) + body)
    assert b"prVW" not in made
    assert open_image(made).n_frames == 2


def test_unknown_extensions_leave_a_gif():
    plain = pictures.gif(frames=3)
    start = plain.index(b"\x21\xff\x0bNETSCAPE2.0")
    private = b"\x21\xff\x0bC2PA_GIF123\x07private\0" + b"\x21\x99\x07private\0"
    made = cleaned(plain[:start] + private + plain[start:])
    assert b"private" not in made
    assert b"NETSCAPE2.0" in made


def test_text_and_more_than_the_loops_leave_a_gif():
    plain = pictures.gif(frames=3)
    start = plain.index(b"\x21\xff\x0bNETSCAPE2.0")
    text = b"\x21\x01\x0c" + bytes(12) + b"\x07private\0"
    made = cleaned(plain[:start] + text + plain[start : start + 18] + b"\x08\2private\0" + plain[start + 19 :])
    assert made == cleaned(plain)


def test_bytes_behind_adobes_transform_leave_a_jpeg():
    adobe = b"Adobe\0\x64\0\0\0\0\1"
    plain = pictures.jpeg()
    made = cleaned(with_segments(plain, segment(0xEE, adobe + b"private")))
    assert segment(0xEE, adobe) in made
    assert b"private" not in made


@pytest.mark.parametrize("large", [False, True])
def test_unknown_boxes_of_an_avif_are_overwritten(large):
    plain = encode(draw(), "AVIF")
    content = bytes(16) + b"private"
    box = struct.pack(">I4s", 8 + len(content), b"uuid") + content
    if large:
        box = struct.pack(">I4sQ", 1, b"uuid", 16 + len(content)) + content
    made = cleaned(plain + box)
    assert b"private" not in made
    assert b"uuid" not in made


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


@pytest.mark.parametrize(
    ("parents", "private"),
    [
        ((b"meta",), box(b"uuid", bytes(16) + b"private")),
        ((b"meta", b"iprp", b"ipco"), box(b"udes", bytes(4) + b"en\0private\0\0\0")),
        ((b"moov",), box(b"udta", box(b"\xa9nam", b"private"))),
        ((b"moov", b"trak"), box(b"meta", bytes(4) + b"private")),
    ],
)
def test_unknown_boxes_within_those_of_an_avif_are_overwritten(parents, private):
    plain = animations.saved([draw(), draw("L").convert("RGB")], "AVIF", duration=50)
    made = bytearray(plain)
    at, end = 0, len(plain)
    for parent in parents:
        at = plain.index(parent, at) - 4
        end = at + int.from_bytes(plain[at : at + 4])
        made[at : at + 4] = (end - at + len(private)).to_bytes(4)
        at += 8
    made[end:end] = private  # where pictures lie isn't true any more, but how they are framed is
    unknown = list(cleaning._unknown_boxes(bytes(made), b"", 0, len(made)))
    assert [bytes(made[each.start : each.end]) for each in unknown] == [private[8:]]
    assert not list(cleaning._unknown_boxes(plain, b"", 0, len(plain)))


# Rights and all of it


@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif"])
def test_copyright_keeps_what_xmp_says_of_rights_alone(target):
    done = run(encode(draw(), "JPEG", xmp=XMP), output_format=target, keep_metadata="copyright")
    kept = packet_of(done.data)
    assert all(word in kept for word in (b"Ann", b"Marked", b"licenses/by/4.0"))
    assert not any(word in kept for word in (b"secret", b"An editor", b"A tool", b"uuid:1", b"Orientation"))


@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif"])
def test_xmp_is_kept_by_all_but_what_is_no_longer_true(target):
    kept = packet_of(run(encode(draw(), "JPEG", xmp=XMP), output_format=target, keep_metadata="all").data)
    assert all(word in kept for word in (b"Ann", b"secret", b"An editor"))
    assert b"Orientation" not in kept


def animation_with_rights(**options: object) -> bytes:
    first, *others = [draw().convert("RGB").rotate(turn) for turn in (0, 90, 180)]
    exif = Image.Exif()
    exif[0x010F], exif[0x8298] = "A camera", "(c) Ann"
    return encode(first, "WEBP", save_all=True, append_images=others, exif=exif.tobytes(), xmp=XMP, **options)


@pytest.mark.parametrize("target", ["original", "png", "webp", "avif"])
@pytest.mark.parametrize("size", [{}, {"output_width": 20}])
def test_animations_keep_the_rights(target, size):
    data = animation_with_rights(lossless=True)
    done = run(data, output_format=target, keep_animation=True, keep_metadata="copyright", **size)
    image = open_image(done.data)
    assert (image.n_frames, image.getexif()[0x8298], done.warning) == (3, "(c) Ann", None)
    assert b"Ann" in packet_of(done.data)
    assert not any(word in done.data for word in (b"A camera", b"secret"))


@pytest.mark.parametrize(("keep", "said"), [("none", None), ("copyright", "GIF files can't contain EXIF.")])
def test_an_animated_gif_keeps_xmp_alone(keep, said):
    done = run(animation_with_rights(), output_format="gif", keep_animation=True, keep_metadata=keep)
    assert (done.warning, b"Ann" in done.data) == (said, said is not None)


def test_rights_in_xmp_stay_without_what_stands_around_them():
    words = [b"one tool", b"one comment", b"one document", b"one text", b"two comments", b"three comments"]
    head = f'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="one tool"><!--one comment--><rdf:RDF {NAMESPACES}>'
    packet = (
        f'{head}<rdf:Description rdf:about="one document">one text<!--two comments-->'
        "<dc:creator><rdf:Seq><rdf:li>Ann<!--three comments--></rdf:li></rdf:Seq></dc:creator>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    kept = xmp.reduce_packet(packet, {}, KeepMetadata.COPYRIGHT)
    assert b"<rdf:li>Ann</rdf:li>" in kept
    assert not [word for word in words if word in kept]


def test_xmp_that_is_still_true_stays_to_the_byte():
    packet = XMP.replace(b' tiff:Orientation="6"', b"")
    assert xmp.refresh_packet(packet, {}) == packet


NO_XMP = (b"<x", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]>' + XMP, XMP.decode().encode("utf-16"))


@pytest.mark.parametrize("packet", NO_XMP)
def test_xmp_that_is_none_is_not_kept(packet):
    done = run(encode(draw(), "JPEG", xmp=packet), output_format="png", keep_metadata="all")
    assert packet_of(done.data) == b""


def test_iptc_stays_in_a_jpeg_as_it_is():
    done = run(with_iptc(), output_format="jpg", keep_metadata="all")
    assert open_image(done.data).info["photoshop"][0x0404] == IPTC


def test_copyright_keeps_what_iptc_says_of_rights_alone():
    done = run(with_iptc(), output_format="jpg", keep_metadata="copyright")
    kept = open_image(done.data).info["photoshop"][0x0404]
    assert [each.data for each in iptc.read_datasets(kept)] == [iptc.UTF_8, "Zoë".encode(), b"(c) Zoe"]
    assert b"harbour" not in done.data


@pytest.mark.parametrize("target", ["png", "webp", "avif"])
@pytest.mark.parametrize("keep", ["copyright", "all"])
def test_formats_without_iptc_say_in_xmp_what_it_said(target, keep):
    kept = packet_of(run(with_iptc(), output_format=target, keep_metadata=keep).data).decode()
    assert "Zoë" in kept
    assert "(c) Zoe" in kept
    assert ("harbour" in kept) == (keep == "all")


def test_xmp_comes_before_iptc_where_both_say_it():
    texts = iptc.read_texts(IPTC)
    kept = xmp.reduce_packet(XMP, texts, KeepMetadata.COPYRIGHT).decode()
    assert "Ann" in kept
    assert "Zoë" not in kept
    assert "(c) Zoe" in kept


def test_metadata_goes_unless_it_is_asked_for():
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "private")
    for data in (encode(draw(), "JPEG", xmp=XMP, comment=b"private"), encode(draw(), "PNG", pnginfo=info), with_iptc()):
        for target in ("jpg", "png", "webp", "avif"):
            done = run(data, output_format=target)
            assert not any(word in done.data for word in (b"private", b"Ann", b"Zoe", b"xmpmeta"))


@pytest.mark.parametrize("name", [each.name for each in FORMATS.values() if each.clean])
def test_a_cleaned_file_is_not_cleaned_further(name):
    data = run(pictures.png("RGBA"), output_format=name).data
    once = clean(data, name, KeepMetadata.NONE)
    assert once is not None
    assert clean(once, name, KeepMetadata.NONE) == once


@pytest.mark.parametrize("keep", ["copyright", "all"])
def test_metadata_of_tiff_are_kept_as_those_of_jpeg(keep):
    tags = {0x013B: "Ann", 700: XMP, 33723: IPTC, 34377: b"8BIM private"}
    data = encode(draw(), "TIFF", tiffinfo=tags)
    done = run(data, output_format="jpg", keep_metadata=keep)
    image = open_image(done.data)
    assert image.getexif()[0x013B] == "Ann"
    assert b"Orientation" not in packet_of(done.data)
    assert b"licenses/by/4.0" in packet_of(done.data)
    assert (b"secret" in done.data) == (b"harbour" in image.info["photoshop"][0x0404]) == (keep == "all")
    assert b"private" not in done.data


@pytest.mark.parametrize("output_format", ["jpg", "png", "webp", "avif"])
def test_bytes_of_exif_stay_undefined_as_the_camera_wrote_them(output_format):
    comment, place = b"ASCII\0\0\0quiet", b"ASCII\0\0\0GPS"
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9101: b"\1\2\3\0", 0x9286: comment})
    exif.get_ifd(0x8825)[0x1B] = place
    data = pictures.run(pictures.jpeg(exif=exif), output_format=output_format, keep_metadata="all").data
    order = "little" if b"II*\0" in data else "big"
    entries = [(tag, len(value)) for tag, value in ((0x9101, b"\1\2\3\0"), (0x9286, comment), (0x1B, place))]
    parts = [tag.to_bytes(2, order) + (7).to_bytes(2, order) + size.to_bytes(4, order) for tag, size in entries]
    assert [part for part in parts if part not in data] == []


def test_a_jpeg_with_its_rights_alone_tells_its_channels():
    exif = Image.Exif()
    exif[0x8298] = "(c) somebody"
    data = pictures.run(pictures.jpeg(exif=exif), output_format="jpg", keep_metadata="copyright").data
    assert pictures.open_image(data).getexif().get_ifd(0x8769)[0x9101] == b"\1\2\3\0"


def test_place_of_an_old_gain_map_is_not_kept():
    place = 'xmlns:Container="http://ns.google.com/photos/1.0/container/" Container:Directory="at 4711"'
    packet = XMP.replace(b"<rdf:Description", f"<rdf:Description {place}".encode(), 1)
    kept = packet_of(run(encode(draw(), "JPEG", xmp=packet), keep_metadata="all", output_quality=40).data)
    assert b"4711" not in kept
