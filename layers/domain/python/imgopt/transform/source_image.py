"""Opens sources: common JPEG, PNG and WebP by libvips, all others by the decoders of jobs.

libvips is faster, and reduces the picture while it decodes. Other formats, and files that libvips reads differently
from browsers, go to the other decoders (docs/decisions/0067).
"""

import re
from dataclasses import dataclass
from typing import Any

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS, mend
from imgopt.codecs.shared import matrix_profile, vips
from imgopt.codecs.shared.color import apply_profile, orientation_of, turn_pixels
from imgopt.codecs.shared.encoding import NO_METADATA, Metadata
from imgopt.codecs.shared.iptc import IPTC_PROPERTIES
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.imaging.artifact import join_warnings
from imgopt.imaging.geometry import Size
from imgopt.imaging.steps.decode import decode, read_kept
from imgopt.transform.options import TransformOptions

_RIGHTS_NUMBERS = [number for number, each in IPTC_PROPERTIES.items() if KeepMetadata.COPYRIGHT in each.part]
# libvips' names of fields that may contain rights, and marks of rights in XMP and IPTC: names of properties, in any
# text encoding, and numbers of datasets.
XMP_RIGHTS = re.compile(rb"rights|\bcreator\b|\bCredit\b|\bSource\b|creativecommons|useplus|\0")
IPTC_RIGHTS = re.compile(b"\x1c\x02[" + bytes(_RIGHTS_NUMBERS) + b"]", re.DOTALL)
TELLS_RIGHTS = {"xmp-data": XMP_RIGHTS, "iptc-data": IPTC_RIGHTS}
PNG_TEXT = "png-comment"
RIGHTS_FIELDS = frozenset({"exif-ifd0-Copyright", "exif-ifd0-Artist"})
PROFILE_FIELD, ORIENTATION_FIELD = "icc-profile-data", "orientation"
# EXIF's numbers with their inverse.
INVERSE_ORIENTATION = {6: 8, 8: 6}
# Formats whose orientation is always applied while decoding.
ROTATED_BY_DECODER = frozenset({"avif", "heic", "jxl", "tiff"})
ALWAYS_TURNED = "auto_rotate has no effect: images of this format are always rotated when they are decoded."


@dataclass(frozen=True)
class OpenedSource:
    """A vips image of 1 to 4 bands with 8 bits, which may be reduced. `size` is the source's size in the same
    orientation.

    `orientation` is the EXIF number that is still to be applied. `profile` is the ICC profile; None for sRGB.
    """

    pixels: Any
    size: Size
    orientation: int = 1
    profile: bytes | None = None
    metadata: Metadata = NO_METADATA
    warning: str | None = None

    @property
    def shrunk(self) -> float:
        """The factor by which the source's sides were reduced, up to 1."""
        return float(self.pixels.width / self.size.width)


def kept_metadata(options: TransformOptions) -> KeepMetadata:
    """Returns which metadata are kept: all, copyright, or none."""
    if not options.strip_metadata:
        return KeepMetadata.ALL
    return KeepMetadata.COPYRIGHT if options.keep_copyright else KeepMetadata.NONE


def open_source(data: bytes, source: ImageHeader, options: TransformOptions, scale: float) -> OpenedSource:
    """Opens a source with at least the pixels that it has at this scale. Raises InvalidImage where it can't be
    decoded.
    """
    open_quickly = FORMATS[source.format].open_quickly
    if open_quickly and source.frames == 1:
        try:
            if pixels := open_quickly(data, scale):
                return _read_fields(data, source, pixels, options)
        except vips.library().Error:
            pass  # the other decoder reads it, or raises the right error
    return open_as_jobs_do(data, source, options, scale)


def _read_fields(data: bytes, source: ImageHeader, pixels: Any, options: TransformOptions) -> OpenedSource:
    fields = {*pixels.get_fields()}
    orientation = pixels.get(ORIENTATION_FIELD) if ORIENTATION_FIELD in fields else 1
    profile = bytes(pixels.get(PROFILE_FIELD)) if PROFILE_FIELD in fields else None
    keep = kept_metadata(options)
    metadata = (
        read_kept(mend(data, source.format), source.format, keep) if _may_keep(pixels, fields, keep) else NO_METADATA
    )
    own = profile if profile and not matrix_profile.is_srgb(profile) else None
    return OpenedSource(pixels, _untouched(source, orientation), orientation, own, metadata)


def _may_keep(pixels: Any, fields: set[str], keep: KeepMetadata) -> bool:
    """Returns whether there may be metadata to keep, for which the file must be read again."""
    if keep is KeepMetadata.NONE:
        return False
    if keep is KeepMetadata.ALL or any(each.startswith(PNG_TEXT) for each in fields):
        return True
    named = (TELLS_RIGHTS[each].search(pixels.get(each)) for each in fields & TELLS_RIGHTS.keys())
    return not fields.isdisjoint(RIGHTS_FIELDS) or any(named)


def _untouched(source: ImageHeader, orientation: int) -> Size:
    """Returns the size before orientation. Headers have the size after it."""
    return Size(source.height, source.width) if orientation > 4 else Size(source.width, source.height)


def open_as_jobs_do(data: bytes, source: ImageHeader, options: TransformOptions, scale: float = 1) -> OpenedSource:
    """Opens a source by the decoders of jobs: in sRGB, with the orientation applied if asked for."""
    sound = mend(data, source.format)
    decoded = decode(sound, source.format, kept_metadata(options), scale=min(1.0, scale))
    image, size = decoded.image, Size(source.width, source.height)
    if not options.auto_rotate:
        orientation = _orientation(sound, source)
        image, size = (
            turn_pixels(image, INVERSE_ORIENTATION.get(orientation, orientation)),
            _untouched(source, orientation),
        )
    ignored = ALWAYS_TURNED if not options.auto_rotate and source.format in ROTATED_BY_DECODER else None
    warning = join_warnings(decoded.warning, ignored)
    return OpenedSource(vips.from_pillow(image), size, metadata=decoded.metadata, warning=warning)


def _orientation(data: bytes, source: ImageHeader) -> int:
    open_image = FORMATS[source.format].open_image
    if open_image is None or source.format in ROTATED_BY_DECODER:
        return 1
    with open_image(data) as image:
        return orientation_of(image)


def to_srgb(pixels: Any, profile: bytes | None) -> Any:
    """Returns the pixels in memory, in sRGB. An unusable profile is ignored."""
    if profile is None:
        return pixels.copy_memory()
    return vips.from_pillow(apply_profile(vips.to_pillow(pixels), profile))
