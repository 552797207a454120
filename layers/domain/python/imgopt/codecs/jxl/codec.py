"""JPEG XL by libjxl."""

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.jxl import animation, libjxl, reconstruction
from imgopt.codecs.jxl.container import JxlFile, read_file, write_boxes
from imgopt.codecs.jxl.image_header import JxlImage, read_image_header
from imgopt.codecs.jxl.pixels import decode_codestream
from imgopt.codecs.shared import quality_scale
from imgopt.codecs.shared.color import turn_pixels
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY, NO_METADATA, Encoding, Metadata
from imgopt.codecs.shared.metadata import without_orientation
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER, GREY = "libjxl", frozenset({"L", "LA"})
# On photos, lossy files are as small at equal SSIMULACRA2 as with efforts of 5 or 7, in a sixth of the time.
EFFORT = 3
# Lossless, effort 5 takes 0.6 s per megapixel of a photo; effort 3 takes a quarter of that for 3 % more bytes. For few
# colours, effort 7 takes less time than that, and a third fewer bytes than effort 3.
LOSSLESS_EFFORT, FEW_COLORS_EFFORT, LARGE_EFFORT = 5, 7, 3
LARGE = 8_000_000
# How many times as many bytes the lowest effort may take where a higher one is worth trying.
LEAST_EFFORT, MOST_SHRUNK = 1, 5
KEPT = ("icc_profile", "photoshop")
# With up to this many colours a lossless file is often smaller than a lossy one.
FEW_COLORS, FEW_GREYS = 4096, 64
# Encoding takes 21 bytes of memory per pixel with alpha, 15 without; below about 16 megapixels 40 and 25.
MOST_ALPHA_PIXELS = 64_000_000


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes JPEG XL in 8 bits at a quality, 1 to 100, with alpha; lossless at 100, and where few colours make that
    smaller.
    """
    is_flat = image.getcolors(FEW_GREYS if image.mode in GREY else FEW_COLORS) is not None
    lossy = write(image, quality_scale.JXL.native(quality)) if quality < LOSSLESS_QUALITY else None
    if lossy is None or (is_flat and _may_be_smaller(image, lossy)):
        exact = _write_exactly(image, is_flat=is_flat)
        if lossy is None or len(exact) <= len(lossy):
            return Encoding(insert(exact, metadata), ENCODER, lossless=True)
    return Encoding(insert(lossy, metadata), ENCODER)


def _may_be_smaller(image: "Image", lossy: bytes) -> bool:
    """Predicts by the lowest effort, which takes a fiftieth of the time."""
    return len(libjxl.encode(image, libjxl.HIGHEST_QUALITY, LEAST_EFFORT)) < MOST_SHRUNK * len(lossy)


def write(image: "Image", native: int) -> bytes:
    """Encodes lossily at libjxl's own quality, 0 to 99."""
    return libjxl.encode(image, native, EFFORT)


def encode_jxl_sample(image: "Image", quality: int, _encoder: str) -> bytes:
    """Encodes a sample lossily with the pixels that the whole would have: libjxl only uses pixels nearby."""
    return write(image, quality_scale.JXL.native(quality))


def _write_exactly(image: "Image", *, is_flat: bool) -> bytes:
    large = image.width * image.height > LARGE
    effort = LARGE_EFFORT if large else FEW_COLORS_EFFORT if is_flat else LOSSLESS_EFFORT
    return libjxl.encode(image, libjxl.HIGHEST_QUALITY, effort)


def insert(codestream: bytes, metadata: Metadata) -> bytes:
    """Returns a file with metadata; the bare codestream without any."""
    return write_boxes(JxlFile(codestream, exif=metadata.exif, xmp=metadata.xmp))


def read_jxl_loss(data: bytes) -> Loss:
    """Returns the loss: NONE for files without XYB, libjxl's lossy colour space, that contain no JPEG."""
    file = read_file(data)
    return Loss.LIGHT if file.reconstruction or read_image_header(file.codestream).is_xyb else Loss.NONE


def open_image(data: bytes) -> "Image":
    """Decodes an image upright: the first frame of an animation; for a JPEG that was stored losslessly, the JPEG's
    pixels.

    Raises InvalidImage where it is damaged or unsupported.
    """
    file = read_file(data)
    image = read_image_header(file.codestream)
    pixels = animation.draw_first(file.codestream, image) if image.clock else _open_still(data, file, image)
    pixels.info |= {"exif": without_orientation(file.exif), "xmp": file.xmp}
    return pixels


def _open_still(data: bytes, file: JxlFile, image: JxlImage) -> "Image":
    if file.reconstruction:
        with suppress(InvalidImage):  # libjxl's own pixels differ by up to 60
            return _open_jpeg(data, image)
    pixels = decode_codestream(file.codestream, image)
    if pixels.size != image.seen_size:
        raise InvalidImage("The JPEG XL file is damaged and can't be decoded.")
    return pixels


def _open_jpeg(data: bytes, image: JxlImage) -> "Image":
    from PIL import Image

    with Image.open(BytesIO(reconstruction.restore_jpeg(data)), formats=["JPEG"]) as opened:
        opened.load()
        turned = turn_pixels(opened, image.orientation)
    turned.info = {name: opened.info[name] for name in KEPT if name in opened.info}
    return turned


def count_bits(data: bytes) -> int:
    """Returns the bits per colour sample in the file."""
    return read_image_header(read_file(data).codestream).bits
