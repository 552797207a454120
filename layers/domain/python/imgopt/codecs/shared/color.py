"""Normalizes images: upright, sRGB, 8 bits, with or without alpha."""

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
# One JPEG segment has 64 kB. Thousands of EXIF entries may refer to the same bytes, which are read for each.
LONGEST_EXIF = 1 << 16
# Red, green and blue, 0 to 255, in sRGB.
Color: TypeAlias = tuple[int, int, int]
WHITE: Color = (255, 255, 255)
# Rows that are processed at once.
BAND = 256


def normalize(image: "Image") -> "Image":
    """Returns the image upright, in sRGB, in mode L, LA, RGB or RGBA, without metadata."""
    profile = None if image.mode == "LAB" else image.info.get("icc_profile")
    name = image.info.get(NAMED_COLOR)
    plain = _to_plain_mode(_upright(image))
    plain = from_named(plain, name) if name else apply_profile(plain, profile)
    plain.info.clear()  # encoders would write its profile and comments
    return plain


def flatten(image: "Image", ground: Color = WHITE) -> "Image":
    """Puts transparent parts on a colour and removes alpha. A grey image stays grey on grey only.

    Works in bands, because each copy of a large picture takes hundreds of megabytes.
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
    """Returns whether the colour isn't grey."""
    return len(set(color)) > 1


def orientation_of(image: "Image") -> int:
    """Returns the orientation, 1 to 8, of EXIF before the pixels; 1 without one.

    As in browsers, EXIF behind the pixels and XMP don't count: only headers are read at upload.
    """
    from PIL.Image import Exif

    exif = Exif()
    with suppress(Exception):  # pixels are usable with damaged EXIF too
        exif.load(image.info["exif"][:LONGEST_EXIF])
        return int(exif[EXIF_ORIENTATION])
    return 1


def _upright(image: "Image") -> "Image":
    """Applies the EXIF orientation. Pillow's own function also rewrites the EXIF, and can fail at that."""
    return turn_pixels(image, orientation_of(image))


def turn_pixels(image: "Image", orientation: int) -> "Image":
    """Applies an EXIF orientation. Other numbers than 2 to 8 change nothing."""
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
    """Converts to 8 bits in L, LA, RGB or RGBA. Modes that only their profile can convert are kept."""
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
    """Converts an image of mode L, LA, RGB or RGBA from a named colour space to sRGB, in the same mode."""
    if isinstance(color.transfer, Hdr):
        return tone_mapping.to_sdr(image, color)
    return apply_profile(_widen(image) if color.narrow else image, profile_of(color, grey=image.mode in ("L", "LA")))


@lru_cache(maxsize=4)
def profile_of(color: NamedColor, *, grey: bool) -> bytes | None:
    """Returns an equivalent ICC profile; None for HDR, and where there is none. The range is full."""
    if isinstance(color.transfer, Hdr):
        return None
    with suppress(ValueError, ArithmeticError):
        return matrix_profile.build_profile(color.primaries, color.transfer, grey=grey)
    return None


def _widen(image: "Image") -> "Image":
    """Expands narrow range: 16 to 0, and 235 to 255 (H.273, 8.3)."""
    wide = [min(255, max(0, round((level - 16) * 255 / 219))) for level in range(256)]
    kept = list(range(256)) if image.mode in ("LA", "RGBA") else []
    return image.point(wide * (len(image.getbands()) - bool(kept)) + kept)


def apply_profile(image: "Image", profile: bytes | None) -> "Image":
    """Converts from the embedded profile. An unusable one is ignored, as in viewers."""
    from PIL import ImageCms

    if not profile:
        return image
    try:
        if matrix_profile.is_srgb(profile):  # the conversion would only cost time and rounding errors
            return image
        return _convert(image, ImageCms.ImageCmsProfile(BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB") if image.mode == "CMYK" else image


def _convert(image: "Image", source: "ImageCmsProfile") -> "Image":
    """Converts colours. Alpha is kept separately, because colour management doesn't support LA."""
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colors = image.convert(image.mode.removesuffix("A")) if alpha else image
    plain = colors.point(_grey_table(source)) if colors.mode == "L" else _apply(colors, source)
    if alpha:
        plain.putalpha(alpha)
    return plain


def _grey_table(source: "ImageCmsProfile") -> list[int]:
    """Returns sRGB's level for each of 256 grey levels. Little CMS' own table would interpolate between 33."""
    from PIL import Image

    ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
    return list(_apply(ramp, source, exact=True).convert("L").tobytes())


def _apply(image: "Image", source: "ImageCmsProfile", *, exact: bool = False) -> "Image":
    from PIL import ImageCms

    target, flags = ImageCms.createProfile("sRGB"), ImageCms.Flags.NOOPTIMIZE if exact else ImageCms.Flags.NONE
    return ImageCms.profileToProfile(image, source, target, outputMode="RGB", flags=flags) or image
