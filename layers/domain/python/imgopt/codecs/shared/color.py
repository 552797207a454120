"""Colour made plain: one orientation, sRGB, eight bits, with or without alpha."""

from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from imgopt.codecs.shared import matrix_profile, tone_mapping
from imgopt.codecs.shared.code_points import NAMED_COLOR, Hdr, NamedColor

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsProfile

DEEP_GREY = frozenset({"I", "I;16", "I;16B", "I;16L", "F"})
EXIF_ORIENTATION = 0x0112
# A JPEG has 64 kB in one segment. Each of thousands of entries may point to all of it, and it is read for each.
LONGEST_EXIF = 1 << 16
# Red, green and blue, 0-255 in sRGB.
Color: TypeAlias = tuple[int, int, int]
WHITE: Color = (255, 255, 255)
# Rows that are worked on at a time.
BAND = 256


def normalize(image: "Image") -> "Image":
    """The image upright, in sRGB and one of the modes L, LA, RGB, RGBA, without metadata."""
    profile = None if image.mode == "LAB" else image.info.get("icc_profile")
    name = image.info.get(NAMED_COLOR)
    plain = _to_plain_mode(_upright(image))
    plain = from_named(plain, name) if name else apply_profile(plain, profile)
    plain.info.clear()  # encoders would write the profile and comments that it holds
    return plain


def flatten(image: "Image", ground: Color = WHITE) -> "Image":
    """Transparent parts on a colour: without alpha, and in grey only where the colour is.

    It is done in bands, as each copy of a large picture takes hundreds of megabytes.
    """
    from PIL import Image

    if image.mode not in ("LA", "RGBA"):
        return image
    flat = Image.new("RGB" if has_hue(ground) else image.mode.removesuffix("A"), image.size)
    for top in range(0, image.height, BAND):
        band = image.crop((0, top, image.width, min(top + BAND, image.height))).convert("RGBA")
        under = Image.new("RGBA", band.size, (*ground, 255))
        flat.paste(Image.alpha_composite(under, band).convert(flat.mode), (0, top))
    return flat


def has_hue(color: Color) -> bool:
    """Whether it is more than a grey."""
    return len(set(color)) > 1


def orientation_of(image: "Image") -> int:
    """1-8 as EXIF says in the file's header, 1 where it says nothing.

    What stands behind the pixels or in XMP alone doesn't count, as in browsers: headers are all that uploads show.
    """
    from PIL.Image import Exif

    exif = Exif()
    with suppress(Exception):  # damaged EXIF doesn't make the pixels worse
        exif.load(image.info["exif"][:LONGEST_EXIF])
        return int(exif[EXIF_ORIENTATION])
    return 1


def _upright(image: "Image") -> "Image":
    """Turned as the EXIF orientation says. Pillow's own function writes the EXIF anew, and can fail at that."""
    return turn_pixels(image, orientation_of(image))


def turn_pixels(image: "Image", orientation: int) -> "Image":
    """Upright, by EXIF's number: what isn't 2-8 turns nothing."""
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
    needed = turns.get(orientation)
    return image if needed is None else image.transpose(needed)


def _to_plain_mode(image: "Image") -> "Image":
    """Eight bits in L, LA, RGB or RGBA; what only its profile can translate stays for that."""
    if image.mode == "LAB":
        return _from_lab(image)
    if image.mode in DEEP_GREY:
        return image.point(lambda value: value / 256).convert("L")
    if image.mode == "1" and "transparency" not in image.info:
        return image.convert("L")
    if image.mode == "CMYK" and image.info.get("icc_profile"):
        return image
    if image.mode in ("L", "LA", "RGB", "RGBA") and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _from_lab(image: "Image") -> "Image":
    from PIL import ImageCms

    srgb = ImageCms.profileToProfile(
        image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    return srgb or image.convert("RGB")


def from_named(image: "Image", color: NamedColor) -> "Image":
    """sRGB of an image in mode L, LA, RGB or RGBA whose colours are named otherwise, in the same mode."""
    if isinstance(color.transfer, Hdr):
        return tone_mapping.to_sdr(image, color)
    return apply_profile(_widen(image) if color.narrow else image, profile_of(color, grey=image.mode in ("L", "LA")))


@lru_cache(maxsize=4)
def profile_of(color: NamedColor, *, grey: bool) -> bytes | None:
    """The profile that says the same of samples from black to white; None for HDR, and where it can't be said."""
    if isinstance(color.transfer, Hdr):
        return None
    with suppress(ValueError, ArithmeticError):
        return matrix_profile.build_profile(color.primaries, color.transfer, grey=grey)
    return None


def _widen(image: "Image") -> "Image":
    """Black from 16 to 0, and white from 235 to 255 (H.273, 8.3)."""
    wide = [min(255, max(0, round((level - 16) * 255 / 219))) for level in range(256)]
    kept = list(range(256)) if image.mode in ("LA", "RGBA") else []
    return image.point(wide * (len(image.getbands()) - bool(kept)) + kept)


def apply_profile(image: "Image", profile: bytes | None) -> "Image":
    """Applies the embedded profile; one that can't be used is ignored, as viewers do."""
    from PIL import ImageCms

    if not profile:
        return image
    try:
        if matrix_profile.is_srgb(profile):  # the conversion would only cost time and round
            return image
        return _convert(image, ImageCms.ImageCmsProfile(BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB") if image.mode == "CMYK" else image


def _convert(image: "Image", source: "ImageCmsProfile") -> "Image":
    """Alpha is put aside: colour management knows no LA, and has nothing to do with it."""
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colors = image.convert(image.mode.removesuffix("A")) if alpha else image
    plain = colors.point(_grey_table(source)) if colors.mode == "L" else _apply(colors, source)
    if alpha:
        plain.putalpha(alpha)
    return plain


def _grey_table(source: "ImageCmsProfile") -> list[int]:
    """sRGB's level for each of 256. A table of its own, as littlecms would draw lines between 33 of them."""
    from PIL import Image

    ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
    return list(_apply(ramp, source, exact=True).convert("L").tobytes())


def _apply(image: "Image", source: "ImageCmsProfile", *, exact: bool = False) -> "Image":
    from PIL import ImageCms

    target, flags = ImageCms.createProfile("sRGB"), ImageCms.Flags.NOOPTIMIZE if exact else ImageCms.Flags.NONE
    return ImageCms.profileToProfile(image, source, target, outputMode="RGB", flags=flags) or image
