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
# On photos lossy files are as small at the same SSIMULACRA2 as with an effort of 5 or 7, in a sixth of the time.
EFFORT = 3
# Without loss 5 takes 0.6 s of a megapixel of a photo, and 3 a quarter of that for 3 % more bytes. Of few colours 7
# takes less than that, and a third fewer bytes than 3.
LOSSLESS_EFFORT, FEW_COLORS_EFFORT, LARGE_EFFORT = 5, 7, 3
LARGE = 8_000_000
# So many times as many bytes may the least effort take.
LEAST_EFFORT, MOST_SHRUNK = 1, 5
KEPT = ("icc_profile", "photoshop")
# Up to so many colours a lossless file is often smaller than a lossy one.
FEW_COLORS, FEW_GREYS = 4096, 64
# 21 bytes of memory a pixel are taken where there is alpha, and 15 else; of less than some 16 megapixels 40 and 25.
MOST_ALPHA_PIXELS = 64_000_000


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """JPEG XL in 8 bits, quality 1-100, alpha kept; lossless at 100, and where few colours make that smaller."""
    is_flat = image.getcolors(FEW_GREYS if image.mode in GREY else FEW_COLORS) is not None
    lossy = write(image, quality_scale.JXL.native(quality)) if quality < LOSSLESS_QUALITY else None
    if lossy is None or (is_flat and _may_be_smaller(image, lossy)):
        exact = _write_exactly(image, is_flat=is_flat)
        if lossy is None or len(exact) <= len(lossy):
            return Encoding(insert(exact, metadata), ENCODER, lossless=True)
    return Encoding(insert(lossy, metadata), ENCODER)


def _may_be_smaller(image: "Image", lossy: bytes) -> bool:
    """By the least effort, which takes a fiftieth of the time."""
    return len(libjxl.encode(image, libjxl.HIGHEST_QUALITY, LEAST_EFFORT)) < MOST_SHRUNK * len(lossy)


def write(image: "Image", native: int) -> bytes:
    """Lossy, by libjxl's own number, 0-99."""
    return libjxl.encode(image, native, EFFORT)


def encode_jxl_sample(image: "Image", quality: int, _encoder: str) -> bytes:
    """A sample's pixels as lossy JPEG XL of that quality has them: libjxl looks at no more than their surroundings."""
    return write(image, quality_scale.JXL.native(quality))


def _write_exactly(image: "Image", *, is_flat: bool) -> bytes:
    large = image.width * image.height > LARGE
    effort = LARGE_EFFORT if large else FEW_COLORS_EFFORT if is_flat else LOSSLESS_EFFORT
    return libjxl.encode(image, libjxl.HIGHEST_QUALITY, effort)


def insert(codestream: bytes, metadata: Metadata) -> bytes:
    """A file with metadata, or a codestream where there is none."""
    return write_boxes(JxlFile(codestream, exif=metadata.exif, xmp=metadata.xmp))


def read_jxl_loss(data: bytes) -> Loss:
    """None without its own colours for what the eye misses, XYB, and without a JPEG that is held as it was."""
    file = read_file(data)
    return Loss.LIGHT if file.reconstruction or read_image_header(file.codestream).is_xyb else Loss.NONE


def open_image(data: bytes) -> "Image":
    """Upright, and decoded: of an animation its first frame, and of a JPEG without loss what the JPEG shows.

    Raises InvalidImage where it is damaged, or of a kind that isn't read.
    """
    file = read_file(data)
    image = read_image_header(file.codestream)
    pixels = animation.draw_first(file.codestream, image) if image.clock else _open_still(data, file, image)
    pixels.info |= {"exif": without_orientation(file.exif), "xmp": file.xmp}
    return pixels


def _open_still(data: bytes, file: JxlFile, image: JxlImage) -> "Image":
    if file.reconstruction:
        with suppress(InvalidImage):  # libjxl's own pixels are up to 60 off
            return _open_jpeg(data, image)
    pixels = decode_codestream(file.codestream, image)
    if pixels.size != image.seen_size:
        raise InvalidImage("The JPEG XL file is damaged and can't be decoded.")
    return pixels


def _open_jpeg(data: bytes, image: JxlImage) -> "Image":
    from PIL import Image

    with Image.open(BytesIO(reconstruction.release_jpeg(data)), formats=["JPEG"]) as opened:
        opened.load()
        turned = turn_pixels(opened, image.orientation)
    turned.info = {name: opened.info[name] for name in KEPT if name in opened.info}
    return turned


def count_bits(data: bytes) -> int:
    """Of a sample of colour, in the file."""
    return read_image_header(read_file(data).codestream).bits
