"""Writes files in the colours of their source's profile, which is embedded; by libvips."""

from dataclasses import dataclass, field
from typing import Any

from imgopt.codecs.format import Format
from imgopt.codecs.shared import quality_scale, vips
from imgopt.codecs.shared.encoding import Encoding, Metadata
from imgopt.codecs.shared.quality_scale import Scale
from imgopt.transform.source_image import PROFILE_FIELD


@dataclass(frozen=True)
class ProfiledWriter:
    """A method of a vips image, its arguments, and the encoder's quality scale; None for PNG."""

    method: str
    options: dict[str, Any] = field(default_factory=dict)
    scale: Scale | None = None


PROFILED_WRITERS = {
    "jpg": ProfiledWriter("jpegsave_buffer", {"optimize_coding": True, "interlace": True}, quality_scale.MOZJPEG),
    "png": ProfiledWriter("pngsave_buffer"),
    "webp": ProfiledWriter("webpsave_buffer", scale=quality_scale.WEBP),
    "avif": ProfiledWriter("heifsave_buffer", {"compression": "av1", "effort": 1}, quality_scale.AVIF),
}


def write_with_profile(pixels: Any, profile: bytes, target: Format, metadata: Metadata, quality: int) -> Encoding:
    """Writes a vips image in the colours of the profile."""
    writer = PROFILED_WRITERS[target.name]
    described = pixels.copy()
    described.set_type(vips.library().GValue.blob_type, PROFILE_FIELD, profile)
    quality_option = {"Q": writer.scale.native(quality)} if writer.scale else {}
    data = bytes(getattr(described, writer.method)(keep="icc", **writer.options, **quality_option))
    cleaned = target.clean(data, metadata) if target.clean else None
    return Encoding(cleaned or data, "libvips", lossless=writer.scale is None)
