"""JPEG XL, read and written."""

from io import BytesIO

import brotli
import pytest
from PIL import Image

from imgopt.codecs.cleaning import clean
from imgopt.codecs.format import Limits
from imgopt.codecs.formats import decode_animation
from imgopt.codecs.header import read_header
from imgopt.codecs.jxl import animation_writer, codec, libjxl
from imgopt.codecs.jxl.container import CONTAINER, TYPE, JxlFile, read_file, write_boxes
from imgopt.codecs.jxl.frames import read_frames
from imgopt.codecs.jxl.image_header import SIDES, SIGNATURE, read_image_header
from imgopt.codecs.jxl.low_bits import LowBitsReader, LowBitsWriter
from imgopt.codecs.jxl.single_frames import finish
from imgopt.codecs.shared import keep_metadata
from imgopt.codecs.shared.animation import Animation
from imgopt.codecs.shared.code_points import Hdr
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.errors import InvalidImage, TooLarge
from imgopt.imaging.steps.decode import decode
from tests import animations, inputs, pictures
from tests.pictures import distance, draw, header

EXIF = b"II*\0\x08\0\0\0\1\0\x3b\1\2\0\4\0\0\0Ada\0\0\0\0\0"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content


def codestream(image: Image.Image | None = None) -> bytes:
    return libjxl.encode(image or draw(), 100, 1)


def moving(count: int = 3, quality: int = 100, mode: str = "RGB") -> tuple[list[Image.Image], bytes]:
    """A square that goes over a drawing."""
    frames = []
    for number in range(count):
        frame = draw(mode)
        frame.paste((0, 90 * number, 255), (4 * number, 3, 4 * number + 9, 12))
        frames.append(frame)
    made = animation_writer.encode_animation(Animation(tuple(frames), (40, 60, 80)[:count], 2), quality)
    return frames, made.data


# --- stills ---


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_quality_100_loses_nothing_in_jxl(mode):
    made = codec.encode(draw(mode), 100)
    assert (made.lossless, decode(made.data, "jxl").image.tobytes()) == (True, draw(mode).tobytes())


def test_lower_quality_takes_fewer_bytes():
    photo = animations.photo_frames(1)[0].resize((256, 256))
    sizes = [len(codec.encode(photo, quality).data) for quality in (10, 40, 70, 90)]
    assert sizes == sorted(sizes)


def test_few_colours_are_kept_where_that_is_smaller():
    made = codec.encode(draw().quantize(8).convert("RGB").resize((192, 128), Image.Resampling.NEAREST), 90)
    assert made.lossless
    assert not codec.encode(animations.photo_frames(1)[0].resize((192, 128)).convert("L"), 60).lossless


def test_grey_of_16_bits_is_read():
    from pillow_jxl import Encoder

    samples = b"".join((255 * 257 * at // 63).to_bytes(2, "little") for at in range(64))
    encoder = Encoder("I;16", lossless=True, quality=100, effort=1, use_original_profile=True, num_threads=0)
    data = bytes(encoder(samples, 8, 8, False))
    assert codec.count_bits(data) == 16
    grey = codec.open_image(data)
    assert (grey.mode, grey.tobytes()) == ("L", samples[1::2])


def test_profile_is_applied():
    """The profile of a JPEG becomes part of the codestream."""
    jpeg = pictures.jpeg(quality=95, icc_profile=pictures.swapped_profile())
    data = clean(libjxl.pack_jpeg(jpeg), "jxl", KeepMetadata.NONE)
    assert read_image_header(read_file(data).codestream).color.has_profile
    shown = [decode(file, name).image for file, name in ((jpeg, "jpg"), (data, "jxl"))]
    assert distance(*shown) < 3
    assert distance(shown[1], draw()) > 3


def test_jpeg_in_a_file_is_shown_as_the_jpeg_is():
    jpeg = pictures.jpeg(subsampling="4:4:4")
    assert decode(libjxl.pack_jpeg(jpeg), "jxl").image.tobytes() == decode(jpeg, "jpg").image.tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_is_upright_by_its_header(orientation):
    data = libjxl.pack_jpeg(pictures.upright(draw(), orientation))
    for file in (data, clean(data, "jxl", KeepMetadata.NONE)):
        assert (header(file).width, header(file).height) == draw().size
        assert distance(decode(file, "jxl").image, draw()) < 5


def test_orientation_in_exif_turns_nothing():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = inputs.jxl(draw(), exif=exif.tobytes().removeprefix(b"Exif\0\0"))
    assert decode(data, "jxl").image.size == draw().size
    assert 0x0112 not in codec.open_image(data).getexif()


# --- boxes ---


def test_codestream_in_parts_is_put_together():
    whole = codestream()
    parts = [box(b"jxlp", b"\x80\0\0\1" + whole[40:]), box(b"jxlp", bytes(4) + whole[:40])]
    assert decode(CONTAINER + TYPE + b"".join(parts), "jxl").image.tobytes() == draw().tobytes()


def test_metadata_is_read_behind_its_offset_and_unpacked():
    packed = b"".join(
        box(b"brob", kind + brotli.compress(content)) for kind, content in ((b"Exif", bytes(4) + EXIF), (b"xml ", XMP))
    )
    for words in (box(b"Exif", b"\0\0\0\3abc" + EXIF) + box(b"xml ", XMP), packed):
        file = read_file(CONTAINER + TYPE + words + box(b"jxlc", codestream()))
        assert (file.exif, file.xmp) == (EXIF, XMP)


def test_packed_metadata_that_is_too_long_is_none():
    bomb = box(b"brob", b"xml " + brotli.compress(bytes(1 << 24)))
    assert read_file(CONTAINER + TYPE + bomb + box(b"jxlc", codestream())).xmp == b""


@pytest.mark.parametrize(
    ("keep", "stays"), [("none", (False, False)), ("copyright", (True, False)), ("all", (True, True))]
)
def test_original_that_is_given_back_has_what_is_kept(keep, stays):
    data = write_boxes(JxlFile(codestream(), exif=EXIF, xmp=XMP)) + box(b"jumb", b"claims")
    cleaned = clean(data, "jxl", keep_metadata.parse(keep))
    assert (b"Ada" in cleaned, b"claims" in cleaned) == stays
    assert decode(cleaned, "jxl").image.tobytes() == draw().tobytes()


# --- animations ---


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_frames_are_drawn_on_each_other(mode):
    frames, data = moving(mode=mode)
    played = decode_animation(data, "jxl")
    assert [frame.tobytes() for frame in played.frames] == [frame.convert(mode).tobytes() for frame in frames]
    assert (played.durations, played.plays) == ((40, 60, 80), 2)


def test_frames_are_counted_without_decoding():
    found = header(moving()[1])
    assert (found.frames, found.fps) == (3, 16.67)


def test_still_of_an_animation_is_its_first_frame():
    frames, data = moving()
    assert decode(data, "jxl").image.tobytes() == frames[0].tobytes()


def test_frames_are_written_where_they_differ():
    frames, data = moving(quality=80)
    sizes = [(part.header.width, part.header.height) for part in read_frames(data, read_image_header(data))]
    assert sizes == [frames[0].size, (13, 9), (13, 9)]


def test_lossy_animation_looks_alike():
    frames, data = moving(quality=80)
    assert max(map(distance, decode_animation(data, "jxl").frames, frames)) < 6


def test_frames_with_a_palette_of_repeats_are_read_one_by_one():
    """libjxl stores repeated letters as a hidden frame."""
    from PIL import ImageDraw

    pages = [Image.new("RGB", (400, 200), "white") for _ in range(2)]
    for page, word in zip(pages, ("repeated ", "again "), strict=True):
        for line in range(12):
            ImageDraw.Draw(page).text((4, 16 * line), word * 8, fill="black")
    stills = [libjxl.encode(page, 90, 7) for page in pages]
    assert any(len(list(read_frames(still, read_image_header(still)))) > 1 for still in stills)
    data = join(stills)
    alone = [libjxl.decode(still, is_premultiplied=False).tobytes() for still in stills]
    assert [frame.tobytes() for frame in decode_animation(data, "jxl").frames] == alone


def join(stills: list[bytes]) -> bytes:
    """An animation of finished files."""
    made = [animation_writer._Still(still, 0, 0, 50) for still in stills]
    size = (made[0].image.width, made[0].image.height)
    frames = [animation_writer._write_frames(still, size, is_last=still is made[-1]) for still in made]
    shape = Animation(tuple(Image.new("RGB", size) for _ in stills), (50,) * len(stills))
    return animation_writer._write_head(made[0], shape) + b"".join(frames)


def laid_over(stills: list[bytes], mode: int) -> bytes:
    """The second of two frames put on the first: 1 adds, 2 lays over."""
    data = join(stills)
    first, second = read_frames(data, read_image_header(data))
    header, writer = second.header, LowBitsWriter()
    writer.copy(data, header.start, header.place_at + 1)
    for _ in header.blendings:
        writer.write(mode, 2)
        writer.write(0, 3 if mode == 2 else 0)
        writer.write(first.header.stored_as, 2)
    writer.copy(data, header.time_at, header.end)
    return data[: first.end] + finish(writer, data, second)


def test_frame_is_laid_over_another():
    ground, upper = draw("RGBA"), Image.new("RGBA", draw().size, (250, 0, 90, 128))
    data = laid_over([codestream(ground), codestream(upper)], 2)
    played = decode_animation(data, "jxl")
    assert distance(played.frames[1], Image.alpha_composite(ground, upper)) < 1
    assert played.frames[0].tobytes() == ground.tobytes()


def test_frames_that_are_added_are_refused():
    with pytest.raises(InvalidImage, match="adds or multiplies"):
        header(laid_over([codestream(draw("RGBA"))] * 2, 1))


def test_frames_far_beyond_the_canvas_are_refused():
    """Each still of 1536 pixels is a frame of a canvas of 64."""
    still, shape = animation_writer._Still(codestream(), 0, 0, 50), Animation((Image.new("RGB", (8, 8)),), (50,))
    frames = [animation_writer._write_frames(still, (8, 8), is_last=is_last) for is_last in (False, True)]
    with pytest.raises(TooLarge, match="beyond its edges"):
        header(animation_writer._write_head(still, shape) + b"".join(frames))


def test_frames_beyond_the_limit_are_refused_in_jxl():
    with pytest.raises(TooLarge, match="At most 2 frames"):
        read_header(BytesIO(moving()[1]), Limits(10_000, 2, 100_000))


# --- what is claimed ---


def claim(width: int, height: int) -> bytes:
    writer = LowBitsWriter()
    writer.write(int.from_bytes(SIGNATURE, "little"), 16)
    writer.write(0, 1)
    writer.write_u32(height, SIDES)
    writer.write(0, 3)
    writer.write_u32(width, SIDES)
    writer.write(0b11, 2)
    return writer.to_bytes() + bytes(20)


def test_claimed_size_is_refused_before_decoding():
    with pytest.raises(TooLarge, match="1000000000 x 1000000000 pixels"):
        header(claim(10**9, 10**9))


@pytest.mark.parametrize("data", [SIGNATURE, CONTAINER, CONTAINER + TYPE, CONTAINER + TYPE + box(b"jxlc", b"")])
def test_file_without_an_image_is_refused(data):
    with pytest.raises(InvalidImage):
        header(data)


def test_damaged_pixels_are_refused():
    with pytest.raises(InvalidImage, match="JPEG XL file is damaged"):
        decode(codestream()[:-9], "jxl")


def colored(data: bytes, bits: int, transfer: int) -> bytes:
    """A lossy file of XYB whose header says so many bits, the primaries of BT.2100 and a curve by its number."""
    image, writer = read_image_header(data), LowBitsWriter()
    writer.copy(data, 0, image.size_end)
    depth = ((3, 2), (bits - 1, 6))
    for value, count in ((0, 2), (0, 1), *depth, (1, 1), (0, 2), (1, 1)):
        writer.write(value, count)
    for value, count in ((0, 1), (0, 1), (0, 2), (1, 2), (2, 2), (7, 4), (0, 1), (2, 2), (transfer - 2, 4), (1, 2)):
        writer.write(value, count)
    writer.write(0b100, 3)
    [part] = read_frames(data, image)
    return writer.to_bytes() + data[part.start :]


def test_pq_is_told_by_its_number():
    data = colored(libjxl.encode(draw(), 90, 3), 8, 16)
    found = read_image_header(data)
    assert found.hdr is not None
    assert (found.is_xyb, found.hdr.transfer) == (True, Hdr.PQ)
    assert distance(decode(data, "jxl").image, draw()) < 20


@pytest.mark.parametrize(("bits", "transfer", "is_coarse"), [(16, 8, True), (8, 8, False), (16, 13, False)])
def test_linear_light_of_many_bits_is_read_with_a_warning(bits, transfer, is_coarse):
    data = colored(libjxl.encode(draw(), 90, 3), bits, transfer)
    assert ("Dark tones are coarse" in (header(data).warning or "")) == is_coarse
    assert distance(decode(data, "jxl").image, draw()) < 6


def test_numbers_are_read_as_they_are_written():
    writer = LowBitsWriter()
    for number in (1, 512, 513, 9000, 1 << 20):
        writer.write_u32(number, SIDES)
    reader = LowBitsReader(writer.to_bytes())
    assert [reader.read_u32(SIDES) for _ in range(5)] == [1, 512, 513, 9000, 1 << 20]
