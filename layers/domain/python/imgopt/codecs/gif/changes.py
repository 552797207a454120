"""Computes the changes between frames."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def draw_changes(frames: "Iterable[Image]", tolerance: int) -> "Iterator[tuple[Image, bool]]":
    """Yields each frame with only its changes opaque, and whether the screen must be cleared after it.

    Frames are RGBA from `harden_alpha`. A pixel changes where a channel differs by more than `tolerance` from the
    displayed one, so that noise stays still, and errors don't add up. After a clearing a frame is drawn completely.
    """
    shown: Image | None = None
    waiting: Image | None = None
    for frame in frames:
        if shown is None or waiting is None:
            shown = waiting = frame
            continue
        changed = _mask_changes(shown, frame, tolerance)
        clear = _uncovers(shown, frame)
        yield waiting, clear
        shown = shown.copy()
        shown.paste(frame, mask=changed)
        waiting = shown if clear else _cut_out(frame, changed)
    if waiting is not None:
        yield waiting, False


def _mask_changes(shown: "Image", frame: "Image", tolerance: int) -> "Image":
    """Returns a mask in mode L: 255 where the frame differs."""
    from PIL import ImageChops

    red, green, blue, alpha = (
        ImageChops.difference(before, after) for before, after in zip(shown.split(), frame.split(), strict=True)
    )
    color = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(
        lambda value: 255 if value > tolerance else 0
    )
    return ImageChops.lighter(color, alpha)


def _uncovers(shown: "Image", frame: "Image") -> bool:
    """Returns whether an opaque pixel becomes transparent, which drawing on top can't achieve."""
    from PIL import ImageChops

    return ImageChops.subtract(shown.getchannel("A"), frame.getchannel("A")).getbbox() is not None


def _cut_out(frame: "Image", mask: "Image") -> "Image":
    from PIL import Image

    cut = Image.new("RGBA", frame.size)
    cut.paste(frame, mask=mask)
    return cut
