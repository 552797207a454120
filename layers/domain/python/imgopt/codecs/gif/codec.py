"""GIF by libimagequant and gifsicle. Frames and timing are kept."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs.gif import embedded, gifsicle
from imgopt.codecs.gif.blocks import mend_disposals, prepend_empty_frame, read_delays, strip
from imgopt.codecs.gif.changes import draw_changes
from imgopt.codecs.gif.reader import decode_animation
from imgopt.codecs.gif.writer import CLEAR, KEEP, Picture, delays, write
from imgopt.codecs.png.losses import Source
from imgopt.codecs.shared.animation import Animation, sample_durations, sample_indexes
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata
from imgopt.codecs.shared.palette import OPAQUE_FROM, Palette, harden_alpha, quantizer
from imgopt.codecs.shared.sampling import take_pixels
from imgopt.errors import InvalidImage
from imgopt.sandbox import budget

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER, QUICK_ENCODER = "imagequant + gifsicle", "imagequant"
DITHERING = 0.5
# A picture with at most this many colours counts as a drawing.
COLORS_OF_DRAWING = 4096
# For more pixels in all frames, only gifsicle is used, in one pass.
REDRAWN_PIXELS = 100_000_000
# The time for noise; other pictures take a tenth.
SECONDS_PER_REDRAWN_PIXEL = 1.5e-6
# At the same size, fewer colours look better than gifsicle's noise. At quality 80 the SSIMULACRA2 score is about 88.
FIDELITY_PER_STEP, LOSS_PER_STEP = 0.3, 1
# Below this quality, colours are given up fast, down to a few: only limits on bytes lead there.
COARSE_BELOW = 20
TOLERANCE_PER_STEP, LARGEST_TOLERANCE = 0.2, 10
NOISE_BELOW = 80
# How far the quality of one palette for all frames may fall behind that of one palette per frame.
ONE_PALETTE_LAG = 25
# A still picture with more pixels gets the palette of a sample, and isn't passed to gifsicle, which would take minutes
# for noise.
HUGE_PIXELS, SAMPLE_PIXELS = 16_000_000, 500_000
# gifsicle's warnings about a frame that would need more than 256 colours, and about pixels outside of the palette:
# gifsicle gives them the first colour, browsers show black.
MISREAD = ("too complex to unoptimize", "undefined by colormap")


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Encodes a still GIF of at most 256 colours. Pixels with alpha below one half become transparent. XMP is kept."""
    made = _encode_huge(image, quality) if image.width * image.height > HUGE_PIXELS else _encode(image, quality)
    return replace(made, data=embedded.insert(made.data, metadata))


def encode_quickly(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Like `encode`, without gifsicle, which would make the file smaller by adding noise."""
    frame = harden_alpha(image.convert("RGBA"))
    data = _write_still(frame, _fidelity(quality), DITHERING)
    return Encoding(embedded.insert(data, metadata), QUICK_ENCODER)


def _encode(image: "Image", quality: int) -> Encoding:
    frame = harden_alpha(image.convert("RGBA"))
    data = _write_drawing(frame, quality) if frame.getcolors(COLORS_OF_DRAWING) else None
    data = data or _write_still(frame, _fidelity(quality), DITHERING)
    losses = {0, _noise(quality)}  # noise makes smooth drawings larger
    return Encoding(min((_squeeze(data, loss) for loss in losses), key=len), ENCODER)


def _write_still(frame: "Image", fidelity: int, dithering: float) -> bytes:
    with quantizer([frame], fidelity, dithering=dithering) as chosen:
        numbers = chosen.remap(frame)
        return write([Picture(numbers, chosen.palette(), delay=0, disposal=0)], frame.size, plays=1)


def _write_drawing(frame: "Image", quality: int) -> bytes | None:
    """Encodes without dithering, which would add noise to smooth edges. Returns None where bands would be visible."""
    from PIL import Image

    data = _write_still(frame, _fidelity(quality), 0)
    with Image.open(BytesIO(data), formats=["GIF"]) as few:
        return None if Source.of(frame, quality).loses(few, colors=False) else data


def _encode_huge(image: "Image", quality: int) -> Encoding:
    sample = harden_alpha(take_pixels(image, SAMPLE_PIXELS).convert("RGBA"))
    with quantizer([sample], _fidelity(quality), dithering=DITHERING, holes=True) as chosen:
        chosen.remap(sample)
        palette = chosen.palette()
    picture = Picture(_remap_huge(image, palette), palette, delay=0, disposal=0)
    return Encoding(write([picture], image.size, plays=1), "imagequant")


def _remap_huge(image: "Image", palette: Palette) -> "Image":
    """Returns the palette index of each pixel, found by Pillow, in mode L; that of the transparent colour for holes."""
    from PIL import Image

    at, rgb = palette.transparent, palette.rgb
    colors = Image.new("P", (1, 1))
    # The transparent entry must not match a colour: the next entry's colour stands in its place.
    colors.putpalette(rgb if at is None else rgb[: 3 * at] + (rgb[3 * at + 3 :] or rgb)[:3] + rgb[3 * at + 3 :])
    numbers = image.convert("RGB").quantize(palette=colors, dither=Image.Dither.FLOYDSTEINBERG)
    plain = Image.frombytes("L", numbers.size, numbers.tobytes())
    if image.mode in ("LA", "RGBA") and at is not None:
        holes = image.getchannel("A").point(lambda value: 255 if value < OPAQUE_FROM else 0)
        plain.paste(at, mask=holes)
    return plain


def encode_animation(animation: Animation, quality: int) -> Encoding:
    """Encodes an animated GIF, with one palette for all frames where that is good enough.

    Pixels with alpha below one half become transparent. At quality 100, only the limit of 256 colours causes loss.
    """
    return Encoding(_squeeze(_write_moving(animation, quality), _noise(quality)), ENCODER)


def encode_animation_quickly(animation: Animation, quality: int) -> Encoding:
    """Like `encode_animation`, without gifsicle, which would make the file smaller by adding noise."""
    return Encoding(_write_moving(animation, quality), QUICK_ENCODER)


def _write_moving(animation: Animation, quality: int) -> bytes:
    times = delays(animation.durations)
    pictures = (
        Picture(numbers, palette, delay, CLEAR if clear else KEEP)
        for (numbers, palette, clear), delay in zip(_number(animation, quality), times, strict=True)
    )
    return write(pictures, animation.size, animation.plays)


def _number(animation: Animation, quality: int) -> "Iterator[tuple[Image, Palette, bool]]":
    """Yields palette indexes frame by frame, so that only a few frames are in memory in addition to the animation's.

    Colours are chosen for what changes, so that still areas don't outweigh what appears once.
    """
    fidelity = _fidelity(quality)
    dithering = 0 if len(animation.frames) > 1 else DITHERING  # dithering would flicker
    changes = (frame for frame, _ in _drawn(animation, quality))
    with quantizer(changes, fidelity, dithering=dithering, holes=True) as shared:
        for frame, clear in _drawn(animation, quality):
            if shared.quality >= fidelity - ONE_PALETTE_LAG:
                yield shared.remap(frame), shared.palette(), clear
            else:
                with quantizer([frame], fidelity, holes=True, dithering=DITHERING) as own:
                    yield own.remap(frame), own.palette(), clear


def _drawn(animation: Animation, quality: int) -> "Iterator[tuple[Image, bool]]":
    return draw_changes(map(harden_alpha, animation.frames), _tolerance(quality))


def rewrite(data: bytes, quality: int, frame_limit: int | None = None) -> Encoding:
    """Makes a GIF smaller: losslessly at quality 100, with more noise at lower ones.

    With `frame_limit`, at most that many frames are kept, spread evenly, with the same total duration. The file is
    returned unchanged where nothing makes it smaller. Raises InvalidImage where it can't be decoded or takes too long.
    """
    durations = list(read_delays(BytesIO(data)))
    indexes = sample_indexes(len(durations), frame_limit or len(durations))
    kept = _keep_if_read(mend_disposals(data), durations, indexes, (100 - quality) * LOSS_PER_STEP)
    pixels = _area(data) * len(indexes)
    if kept and (quality == 100 or not _can_redraw(pixels)):
        return Encoding(kept, "gifsicle", lossless=quality == 100)
    if not kept and len(indexes) == len(durations) and not _can_redraw(pixels):
        raise InvalidImage("The GIF file is damaged, and too large to be encoded again.")
    redrawn = encode_animation(decode_animation(data, frame_limit), quality).data
    untouched = strip(data) if len(indexes) == len(durations) else None
    return Encoding(min(filter(None, (kept, redrawn, untouched)), key=len), ENCODER)


def _can_redraw(pixels: int) -> bool:
    return pixels <= REDRAWN_PIXELS and budget.current().allows(pixels * SECONDS_PER_REDRAWN_PIXEL)


def _keep_colors(data: bytes, durations: list[int], indexes: list[int], loss: int) -> bytes | None:
    """Returns gifsicle's result alone; None where it would look different, see `MISREAD`."""
    whole, complaints = data, ""
    if len(indexes) < len(durations):
        selection = []
        for index, delay in zip(indexes, delays(sample_durations(durations, indexes)), strict=True):
            selection += [f"--delay={delay}", f"#{index + 1}"]
        whole, complaints = gifsicle.run_gifsicle(["--unoptimize", "-", *selection], prepend_empty_frame(data))
    squeezed, warnings = _run_squeeze(whole, loss)
    return None if any(each in complaints + warnings for each in MISREAD) else squeezed


def _keep_if_read(data: bytes, durations: list[int], indexes: list[int], loss: int) -> bytes | None:
    """Like `_keep_colors`, but returns None where gifsicle refuses a file that the decoder here may accept, such as one
    whose codes end early.
    """
    try:
        return _keep_colors(data, durations, indexes, loss)
    except gifsicle.Unread:
        return None


def _squeeze(data: bytes, loss: int) -> bytes:
    return _run_squeeze(data, loss)[0]


def _run_squeeze(data: bytes, loss: int) -> tuple[bytes, str]:
    return gifsicle.run_gifsicle(["-O3", f"--lossy={loss}", "-"], data)


def _area(data: bytes) -> int:
    """Returns the number of pixels of the declared screen."""
    return int.from_bytes(data[6:8], "little") * int.from_bytes(data[8:10], "little")


def _fidelity(quality: int) -> int:
    """Returns libimagequant's quality, 4 to 100."""
    share = min(1, quality / COARSE_BELOW)
    return round(share * (100 - (100 - max(quality, COARSE_BELOW)) * FIDELITY_PER_STEP))


def _noise(quality: int) -> int:
    """Returns gifsicle's `--lossy` value."""
    return max(0, NOISE_BELOW - quality) * LOSS_PER_STEP


def _tolerance(quality: int) -> int:
    """Returns by how much a channel may differ before a pixel is drawn again."""
    return min(LARGEST_TOLERANCE, round((100 - quality) * TOLERANCE_PER_STEP))
