"""PNG: as few colours as the quality allows by libimagequant, or every pixel as it is; oxipng packs both."""

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs.png import chunks
from imgopt.codecs.shared import quality_scale
from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata
from imgopt.codecs.shared.palette import MOST_COLORS, quantizer
from imgopt.codecs.shared.sampling import take_tiles

if TYPE_CHECKING:
    from PIL.Image import Image

# oxipng's levels. Flat drawings, which even hardly packed take few bytes for each sample, become up to 10 % smaller by
# the slower one; others 1 %. Up to so many samples it takes seconds.
LEVEL, FLAT_LEVEL = 2, 4
FLAT_BYTES, FLAT_SAMPLES = 0.045, 50_000_000
SAMPLES_OF_COLOR_TYPE = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Less dithering than is usual: noise costs more bytes than the bands that it hides.
DITHERING = 0.3
PALETTE_UP_TO = 96
# A drawing in so few colours keeps them all: whole shapes could merge, for a few bytes.
KEPT_COLORS = 64
# The most error that a palette may leave at quality 100, and more of it per step below. It follows SSIMULACRA2 on
# the benchmark's corpus: a score of 89 at an error of 1, 81 at 2, 69 at 3, 58 at 4.
TOLERATED_AT_100, TOLERATED_PER_STEP = 1.0, 0.075
# libimagequant's qualities that are tried next where the error is too large or small things lose their colour.
FIDELITIES = (96, 100)
# From so many pixels on a sample is asked first whether a palette can be good enough: noise would take 2 s a megapixel
# to find out that it can't. A sample of these tiles may fall short by so much more.
SAMPLED_PIXELS, TILES, TILE_SIDE, SAMPLE_SLACK = 4_000_000, 5, 192, 1.3
# From so many pixels on the palette is that of the sample, and zlib packs alone: oxipng would take 30 bytes a pixel.
HUGE_PIXELS, HUGE_LEVEL, STRIP_ROWS = 32_000_000, 6, 512
# The mean of a block may change by so much of 255 in any channel, in so many blocks, before a colour is lost.
BLOCK, VISIBLE_AT_100, VISIBLE_PER_STEP, LOST_SHARE = 4, 6, 0.3, 0.0001


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """PNG, quality 1-100. Lossless above 96, and where 256 colours would fall short of the quality or be larger."""
    if image.width * image.height > HUGE_PIXELS:
        return _encode_huge(image, quality, metadata)
    exact = write(image)
    few = None
    if quality <= PALETTE_UP_TO and not image.getcolors(KEPT_COLORS):
        few = reduce_colors(image, quality, quality_scale.PALETTE.native(quality))
    packed = pack(write(few), filters="none") if few else exact  # prediction only harms the numbers of colours
    if len(packed) < len(exact):
        return Encoding(chunks.insert(packed, metadata), "imagequant + oxipng")
    return Encoding(chunks.insert(pack(exact), metadata), "oxipng", lossless=True)


def reduce_colors(image: "Image", quality: int, fidelity: int) -> "Image | None":
    """The image in mode P with a palette of RGBA; None where that would look worse than the quality asks for.

    `fidelity` is libimagequant's quality, 0-100, that is tried first. More colours are taken than the whole image
    needs where something small, such as a coloured word, lost its own.
    """
    rgba, tolerated = image.convert("RGBA"), TOLERATED_AT_100 + (100 - quality) * TOLERATED_PER_STEP
    if not _may_be_enough(rgba, fidelity, tolerated):
        return None
    for each in (fidelity, *FIDELITIES):
        few, colors, error = _quantize(rgba, each)
        if colors == MOST_COLORS or (error <= tolerated and not _loses_colors(rgba, few, quality)):
            break
    return few if error <= tolerated else None


def _may_be_enough(rgba: "Image", fidelity: int, tolerated: float) -> bool:
    if rgba.width * rgba.height < SAMPLED_PIXELS:
        return True
    _, _, error = _quantize(take_tiles(rgba, TILES, TILE_SIDE), fidelity)
    return error <= tolerated * SAMPLE_SLACK


def _encode_huge(image: "Image", quality: int, metadata: Metadata) -> Encoding:
    """With what a sample says of the whole."""
    few = _reduce_huge(image, quality) if quality <= PALETTE_UP_TO else None
    data = chunks.insert(write(few or image, HUGE_LEVEL), metadata)
    return Encoding(data, "imagequant + zlib" if few else "zlib", lossless=few is None)


def _reduce_huge(image: "Image", quality: int) -> "Image | None":
    """In mode P, strip by strip, by the palette of a sample; None where that looks worse than the quality asks for.

    Without dithering, which would choose other colours for each strip.
    """
    from PIL import Image

    tolerated = TOLERATED_AT_100 + (100 - quality) * TOLERATED_PER_STEP
    sample = take_tiles(image, TILES, TILE_SIDE).convert("RGBA")
    with quantizer([sample], FIDELITIES[-1]) as chosen:
        chosen.remap(sample)
        if chosen.error > tolerated:
            return None
        whole = Image.new("P", image.size)
        for top in range(0, image.height, STRIP_ROWS):
            strip = image.crop((0, top, image.width, min(top + STRIP_ROWS, image.height))).convert("RGBA")
            whole.paste(Image.frombytes("P", strip.size, chosen.remap(strip).tobytes()), (0, top))
        whole.putpalette(chosen.entries(), "RGBA")
    return whole


def _quantize(rgba: "Image", fidelity: int) -> "tuple[Image, int, float]":
    """The image in mode P, the number of its colours, and the error that they leave."""
    from PIL import Image

    with quantizer([rgba], fidelity, dithering=DITHERING) as chosen:
        numbers = chosen.remap(rgba)
        few, entries = Image.frombytes("P", rgba.size, numbers.tobytes()), chosen.entries()
        few.putpalette(entries, "RGBA")
        return few, len(entries) // 4, chosen.error


def _loses_colors(before: "Image", after: "Image", quality: int) -> bool:
    """Whether spots of an image, each a block of pixels, have another colour than before."""
    from PIL import ImageChops

    blocks = (flatten(each.convert("RGBA").reduce(BLOCK)).convert("RGB") for each in (before, after))
    channels = ImageChops.difference(*blocks).split()
    worst = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2]).histogram()
    visible = round(VISIBLE_AT_100 + (100 - quality) * VISIBLE_PER_STEP)
    return sum(worst[visible:]) > LOST_SHARE * sum(worst)


def write(image: "Image", level: int = 1) -> bytes:
    """Every pixel as it is, hardly packed by default: what compresses well by prediction shows even so."""
    out = BytesIO()
    image.save(out, "PNG", compress_level=level)
    return out.getvalue()


def write_to(file: BinaryIO, image: "Image", metadata: Metadata) -> None:
    """The same into a file, with metadata."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    if metadata.xmp:
        info.add_itxt("XML:com.adobe.xmp", metadata.xmp.decode(errors="replace"))
    image.save(file, "PNG", compress_level=1, exif=metadata.exif, pnginfo=info)


def pack(data: bytes, filters: str | None = None, level: int | None = None) -> bytes:
    """The same pixels in fewer bytes. A filter named spares trying them; the level is chosen where none is named."""
    import oxipng

    chosen = oxipng.FilterStrategy(filters) if filters else None
    return bytes(oxipng.optimize_from_memory(data, level=_level_for(data) if level is None else level, filter=chosen))


def _level_for(data: bytes) -> int:
    """By the header (PNG specification, 3rd ed., 11.2.1) and the length of the whole file."""
    width, height, color_type = int.from_bytes(data[16:20]), int.from_bytes(data[20:24]), data[25]
    samples = width * height * SAMPLES_OF_COLOR_TYPE.get(color_type, 1)
    return FLAT_LEVEL if samples <= FLAT_SAMPLES and len(data) < FLAT_BYTES * samples else LEVEL


def without_palette(data: bytes) -> bytes:
    """The same pixels in RGBA, eight bits each."""
    import oxipng
    from PIL import Image

    rgba = Image.open(BytesIO(data)).convert("RGBA")
    packed = oxipng.optimize_from_memory(
        write(rgba), level=LEVEL, color_type_reduction=False, palette_reduction=False, grayscale_reduction=False
    )
    return bytes(packed)
