"""The score of one picture."""

from typing import TYPE_CHECKING

from imgopt.codecs.format import Format
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.color import WHITE, flatten
from imgopt.codecs.shared.encoding import Encoding
from imgopt.imaging.scores.effort import ScoringEffort
from imgopt.imaging.scores.model import NOTHING_LOST, Score, score_by
from imgopt.imaging.scores.ssimulacra2 import BYTES_COMPARED, compare
from imgopt.imaging.scores.tiles import WHOLE_PICTURE, spread
from imgopt.imaging.steps.decode import decode, shows_through

if TYPE_CHECKING:
    from PIL.Image import Image

# Backgrounds: an error in alpha may be visible on one of them and not on the other.
SEEN_ON = (WHITE, (0, 0, 0))
# Bytes per pixel for decoding a result while its picture is still in memory.
BYTES_READ_AGAIN = 8


def count_grounds(picture: "Image", target: Format) -> int:
    return len(SEEN_ON) if target.keeps_alpha and shows_through(picture) else 1


def score_still(picture: "Image", encoding: Encoding, quality: int, target: Format, effort: ScoringEffort) -> Score:
    """Returns the score of an encoding of a picture (mode L, LA, RGB or RGBA) at a quality of the API's scale."""
    if encoding.lossless:
        return NOTHING_LOST
    memory = BYTES_COMPARED * effort.pixels
    if effort.decodes:
        memory += BYTES_READ_AGAIN * picture.width * picture.height
    return score_by(lambda: _measure(picture, encoding, quality, target, effort), effort.seconds, memory)


def _measure(picture: "Image", encoding: Encoding, quality: int, target: Format, effort: ScoringEffort) -> float:
    tiles = spread(*picture.size, effort.pixels)
    sample = tiles.cut(picture)
    if effort.decodes or tiles is WHOLE_PICTURE or not target.encode_sample:
        made = tiles.cut(read_result(encoding.data, target.name, picture.size))
    else:
        made = read_result(target.encode_sample(sample, quality, encoding.encoder), target.name, sample.size)
    return tiles.estimate_whole(compare_seen(sample if target.keeps_alpha else flatten(sample), made))


def read_result(data: bytes, name: str, size: tuple[int, int]) -> "Image":
    """Returns the pixels of a result. A vector image is drawn at this size."""
    made = FORMATS[name]
    if made.vector:
        return made.vector.render(data, *size).image
    return made.decode_made(data) if made.decode_made else decode(data, name).image


def compare_seen(reference: "Image", made: "Image") -> float:
    """Returns the score of visible pixels. With transparency, it is the lower score of a white and a black
    background.
    """
    if not shows_through(reference) and not shows_through(made):
        return compare(reference.convert("RGB"), made.convert("RGB"))
    return min(compare(_on_ground(reference, ground), _on_ground(made, ground)) for ground in SEEN_ON)


def _on_ground(image: "Image", ground: tuple[int, int, int]) -> "Image":
    from PIL import Image

    whole = Image.new("RGBA", image.size, (*ground, 255))
    return Image.alpha_composite(whole, image.convert("RGBA")).convert("RGB")
