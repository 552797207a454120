"""Colour made plain: one orientation, sRGB, eight bits, with or without alpha."""

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

DEEP_GREY = frozenset({"I", "I;16", "I;16B", "I;16L", "F"})
EXIF_ORIENTATION = 0x0112
WHITE = (255, 255, 255)


def normalize(image: "Image") -> "Image":
    """The image upright, in sRGB and one of the modes L, LA, RGB, RGBA, without metadata."""
    plain = _to_plain_mode(_to_srgb(_upright(image)))
    plain.info.clear()  # encoders would write the profile and comments that it holds
    return plain


def flatten(image: "Image") -> "Image":
    """Transparent parts on white."""
    from PIL import Image

    if image.mode not in ("LA", "RGBA"):
        return image
    ground = Image.new("RGBA", image.size, (*WHITE, 255))
    flat = Image.alpha_composite(ground, image.convert("RGBA"))
    return flat.convert("L" if image.mode == "LA" else "RGB")


def _upright(image: "Image") -> "Image":
    """Turned as the EXIF orientation says. Pillow's own function writes the EXIF anew, and can fail at that."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    with suppress(Exception):  # damaged EXIF doesn't make the pixels worse
        turn = turns.get(image.getexif().get(EXIF_ORIENTATION, 1))
        return image if turn is None else image.transpose(turn)
    return image


def _to_srgb(image: "Image") -> "Image":
    """Applies the embedded profile; one that can't be used is ignored, as viewers do."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        converted = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except ImageCms.PyCMSError:
        return image
    return converted or image


def _to_plain_mode(image: "Image") -> "Image":
    if image.mode in DEEP_GREY:
        return image.point(lambda value: value / 256).convert("L")
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return image
    if image.mode == "LA":
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
