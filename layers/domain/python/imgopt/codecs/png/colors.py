"""Reduces colours as far as a quality allows: palettes are tried from coarse to fine, until no visible loss is left.

A lower quality tries no finer palettes than a higher one, and its limits are wider, so that bytes decrease with
quality.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.codecs.png.indexed import packs_well, quick_bytes
from imgopt.codecs.png.losses import Source
from imgopt.codecs.shared.palette import MOST_COLORS, Handle, Quantizer, QuantizerEffort, handle, quantizer
from imgopt.codecs.shared.sampling import take_pixels, take_tiles

if TYPE_CHECKING:
    from PIL.Image import Image

# libimagequant's qualities in the order in which they are tried, beginning at the one for the API's quality. Above 97
# only smooth pictures get more colours, which they need.
FIDELITIES = (10, 30, 50, 75, 84, 88, 93, 97, 99, 100)
# For flat pictures the next step may be smaller, if it has hardly more colours: these are chosen better then.
HARDLY_MORE = 1.15
# A picture with at most this many colours is a drawing.
COLORS_OF_DRAWING = 4096
# Up to this many colours a palette is chosen quickly.
COLORS_SOON_CHOSEN = 16_384
# Dithering noise costs more bytes than more colours, and grows with fewer colours. It is used where even the most
# colours leave bands; then much of the measured error is averaged by the eye.
DITHERED_SLACK = 1.25
# The largest error of a palette at quality 100, and its increase per step below. On the benchmark's corpus, the
# SSIMULACRA2 score is 89 at an error of 1, 81 at 2, 69 at 3, 58 at 4.
TOLERATED_AT_100, TOLERATED_PER_STEP = 1.0, 0.075
# From this many pixels on a sample is tried first: otherwise noise would take 2 s per megapixel to find that no palette
# suffices. A sample of these tiles may exceed the error by this factor.
SAMPLED_PIXELS, TILES, TILE_SIDE, SAMPLE_SLACK = 4_000_000, 5, 192, 1.3
# Strips of a huge picture, and the pixels that its palette is chosen for.
STRIP_ROWS, SAMPLE_PIXELS = 512, 500_000
CLEAR, OPAQUE = 0, 255

# Both are as good as slower settings at equal scores: the quick one for drawings, where computing weights takes most of
# the time.
QUICK, CAREFUL = QuantizerEffort(6, weighted=False), QuantizerEffort(5, weighted=True)


def reduce_colors(image: "Image", quality: int, fidelity: int) -> "Image | None":
    """Returns the image in mode P with a palette of RGBA; None where that would look worse than the quality allows.

    `fidelity` is libimagequant's quality, 0 to 100, at which the search begins. Fully transparent and opaque pixels
    stay so.
    """
    rgba, tolerated = image.convert("RGBA"), tolerated_error(quality)
    if not _may_be_enough(rgba, tolerated):
        return None
    used = image.getcolors(COLORS_SOON_CHOSEN)
    effort = QUICK if used and len(used) <= COLORS_OF_DRAWING else CAREFUL
    with handle(rgba) as held:
        return PaletteSearch(rgba, held, Source.of(rgba, quality), tolerated, bool(used)).run(fidelity, effort)


@dataclass(frozen=True)
class PaletteSearch:
    """Searches the coarsest palette that is good enough.

    `again` means that colours are chosen so quickly that they may be chosen once more.
    """

    rgba: "Image"
    held: Handle
    source: Source
    tolerated: float
    again: bool

    def run(self, fidelity: int, effort: QuantizerEffort) -> "Image | None":
        for each in (step for step in FIDELITIES if step >= fidelity):
            with self._choose(each, effort) as chosen:
                is_last = each == FIDELITIES[-1] or chosen.count >= MOST_COLORS
                few = self._map(chosen) if chosen.expected_error <= self.tolerated else None
                if few and not self.source.loses(few, colors=not is_last):
                    return few if is_last else self._or_finer(few, chosen.count, each, effort)
                if is_last:
                    return self._end(each, effort, chosen) if few else None
        return None

    @contextmanager
    def _choose(self, fidelity: int, effort: QuantizerEffort) -> Iterator[Quantizer]:
        """Yields palettes. Where the maximum number of colours is only just enough, the last step is used: all finer
        steps have as many colours.
        """
        for each in (fidelity, FIDELITIES[-1]):
            with quantizer([self.held], each, effort=effort, holes=_has_holes(self.rgba)) as chosen:
                is_just_enough = chosen.count >= MOST_COLORS and chosen.quality >= each
                if each == FIDELITIES[-1] or not (self.again and is_just_enough):
                    yield chosen
                    return

    def _or_finer(self, few: "Image", count: int, fidelity: int, effort: QuantizerEffort) -> "Image":
        """Returns the picture, or that of the next step where it takes fewer bytes, which a higher quality then uses
        too.
        """
        if not packs_well(few.tobytes(), few.width * few.height):
            return few
        following = next(step for step in FIDELITIES if step > fidelity)
        with self._choose(following, effort) as chosen:
            is_last = following == FIDELITIES[-1] or chosen.count >= MOST_COLORS
            if chosen.count > HARDLY_MORE * count or chosen.expected_error > self.tolerated:
                return few
            finer = self._map(chosen)
            if self.source.loses(finer, colors=not is_last):
                return few
            if not is_last:
                finer = self._or_finer(finer, chosen.count, following, effort)
        return min(few, finer, key=lambda each: quick_bytes(each.tobytes()))

    def _end(self, fidelity: int, effort: QuantizerEffort, chosen: Quantizer) -> "Image | None":
        """Ends the search. A quickly chosen palette is unsuitable for dithering, so that the search is repeated
        carefully.
        """
        return self.run(fidelity, CAREFUL) if effort is QUICK else self._dither(chosen)

    def _dither(self, chosen: Quantizer) -> "Image | None":
        """Returns the picture dithered with the same colours; None where the noise would be visible."""
        chosen.dither()
        few = self._map(chosen)
        return few if chosen.error <= self.tolerated * DITHERED_SLACK else None

    def _map(self, chosen: Quantizer) -> "Image":
        """Returns the picture in mode P."""
        return _with_palette(self.rgba, chosen.remap(self.held), bytearray(chosen.entries()))


def tolerated_error(quality: int) -> float:
    return TOLERATED_AT_100 + (100 - quality) * TOLERATED_PER_STEP


def _may_be_enough(rgba: "Image", tolerated: float) -> bool:
    if rgba.width * rgba.height < SAMPLED_PIXELS:
        return True
    sample = take_tiles(rgba, TILES, TILE_SIDE)
    with quantizer([sample], FIDELITIES[-1], effort=CAREFUL, holes=_has_holes(sample)) as chosen:
        return chosen.expected_error <= tolerated * SAMPLE_SLACK


def _has_holes(rgba: "Image") -> bool:
    return bool(rgba.getchannel("A").getextrema()[0] == CLEAR)


def reduce_by_sample(image: "Image", quality: int) -> "Image | None":
    """Returns the picture in mode P by the palette of a sample, strip by strip; None where that looks worse than the
    quality allows.

    It isn't dithered, because that would refine the palette differently in each strip. The sample has pixels from the
    whole picture, as tiles can miss every pixel of one colour.
    """
    from PIL import Image

    sample = take_pixels(image, SAMPLE_PIXELS).convert("RGBA")
    holes = image.mode in ("LA", "RGBA") and image.getchannel("A").getextrema()[0] == CLEAR
    with quantizer([sample], FIDELITIES[-1], effort=CAREFUL, holes=holes) as chosen:
        if chosen.expected_error > tolerated_error(quality):
            return None
        whole, entries = Image.new("P", image.size), bytearray(chosen.entries())
        for top in range(0, image.height, STRIP_ROWS):
            strip = image.crop((0, top, image.width, min(top + STRIP_ROWS, image.height))).convert("RGBA")
            part = _with_palette(strip, chosen.remap(strip), entries)
            whole.paste(Image.frombytes("P", strip.size, part.tobytes()), (0, top))
        whole.putpalette(bytes(entries), "RGBA")
    return whole


def _with_palette(rgba: "Image", numbers: "Image", entries: bytearray) -> "Image":
    """Returns mode P. Fully transparent or opaque pixels get the nearest colour that is so too."""
    from PIL import Image, ImageChops

    alpha = rgba.getchannel("A")
    for extreme in (CLEAR, OPAQUE):
        others = [0 if each == extreme else 255 for each in entries[3::4]]
        if extreme not in alpha.getextrema() or not any(others):
            continue
        same = [255 if value == extreme else 0 for value in range(256)]
        wrong = ImageChops.darker(numbers.point([*others, *[0] * (256 - len(others))]), alpha.point(same))
        if wrong.getbbox():
            numbers.paste(numbers.point(_nearest(entries, extreme, numbers.histogram(wrong))), mask=wrong)
    few = Image.frombytes("P", numbers.size, numbers.tobytes())
    few.putpalette(bytes(entries), "RGBA")
    return few


def _nearest(entries: bytearray, alpha: int, uses: list[int]) -> list[int]:
    """Returns for each used index that of the nearest colour with this alpha. Where there is none, one is changed to
    it.
    """
    alphas = entries[3::4]
    if alpha not in alphas:
        changed = min(range(len(alphas)), key=lambda number: abs(alphas[number] - alpha))
        entries[4 * changed + 3] = alpha
    candidates = [number for number, each in enumerate(entries[3::4]) if each == alpha]
    return [
        min(candidates, key=lambda other: _apart(entries, number, other)) if use else 0
        for number, use in enumerate(uses)
    ]


def _apart(entries: bytearray, first: int, second: int) -> int:
    return sum((entries[4 * first + band] - entries[4 * second + band]) ** 2 for band in range(3))
