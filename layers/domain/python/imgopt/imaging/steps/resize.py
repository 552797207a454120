"""Resizes pixels to the requested width and height, with one resampling."""

from typing import TYPE_CHECKING

from imgopt.codecs.shared.color import WHITE, Color, has_hue
from imgopt.detection.faces import is_installed
from imgopt.imaging.focus import choose_focus
from imgopt.imaging.geometry import CENTER, Placement, Size, cuts, place, shares_kept
from imgopt.imaging.options import ProcessingSettings, ResizeBehavior

if TYPE_CHECKING:
    from PIL.Image import Image

NO_FACES = "The crop was chosen without searching for faces: the face detector is not installed."
# Pillow averages whole blocks first, down to this many times the target size.
REDUCING_GAP = 3.0


def plan_resize(image: "Image", canvas: Size, behavior: ResizeBehavior, *, keep_faces: bool = False) -> Placement:
    """Returns the placement on a canvas. A crop keeps faces first, then the most salient region."""
    source = Size(*image.size)
    if not cuts(source, canvas, behavior):
        return place(source, canvas, behavior, CENTER)
    return place(source, canvas, behavior, choose_focus([image], shares_kept(source, canvas), keep_faces=keep_faces))


def warn_of_crop(source: Size, canvas: Size, options: ProcessingSettings) -> str | None:
    """Returns a sentence for `warning` where faces were to be kept, but the detector is not installed; None
    otherwise.
    """
    is_asked = options.keep_faces and cuts(source, canvas, options.output_resize_behavior)
    return NO_FACES if is_asked and not is_installed() else None


def resize(image: "Image", placement: Placement, *, keep_alpha: bool, ground: Color = WHITE) -> "Image":
    """Resizes and places an image. Margins are transparent where image and result have alpha; otherwise they have the
    colour `ground`.

    A grey image becomes RGB where `ground` isn't grey.
    """
    from PIL import Image
    from PIL.Image import Resampling

    if placement.scaled.width == image.width and placement.scaled.height == image.height:
        scaled = image
    else:
        size = (placement.scaled.width, placement.scaled.height)
        scaled = image.resize(size, Resampling.LANCZOS, box=placement.box, reducing_gap=REDUCING_GAP)
    if placement.canvas == placement.scaled:
        return scaled
    if has_hue(ground) and image.mode in ("L", "LA"):
        scaled = scaled.convert("RGB" if image.mode == "L" else "RGBA")
    has_alpha = scaled.mode in ("LA", "RGBA")
    size = (placement.canvas.width, placement.canvas.height)
    canvas = Image.new(scaled.mode, size, _ground(scaled.mode, ground, 0 if keep_alpha else 255))
    canvas.paste(scaled, placement.offset, scaled if has_alpha and not keep_alpha else None)
    return canvas


def _ground(mode: str, color: Color, alpha: int) -> int | tuple[int, ...]:
    grounds: dict[str, int | tuple[int, ...]] = {
        "L": color[0],
        "RGB": color,
        "LA": (color[0], alpha),
        "RGBA": (*color, alpha),
    }
    return grounds[mode]
