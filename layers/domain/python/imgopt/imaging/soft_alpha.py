"""Says that pixels were half transparent, where the result's format has only opaque and transparent ones."""

from typing import TYPE_CHECKING

from imgopt.codecs.format import Format

if TYPE_CHECKING:
    from PIL.Image import Image

# Alpha of pixels that are visibly neither opaque nor transparent. Lossy formats change it by a few steps.
SOFT = slice(16, 240)


def has_soft_alpha(image: "Image") -> bool:
    return image.mode in ("LA", "RGBA") and any(image.getchannel("A").histogram()[SOFT])


def warn_of_soft_alpha(target: Format, *, is_soft: bool) -> str | None:
    """Returns a sentence for `warning` where the format can't hold the picture's soft alpha; None otherwise."""
    if not is_soft or not target.hardens_alpha:
        return None
    return (
        f"{target.label} files can't contain half-transparent pixels: they became opaque or transparent. Set "
        "output_background to blend them with a colour."
    )
