"""What a network has made of an image, and what is left to be done with it."""

from dataclasses import dataclass

from imgopt.codecs import png
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.shared.provenance import ENHANCED, SYNTHETIC
from imgopt.imaging.candidates import is_auto, possible_settings
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import stays_animated, target_format


@dataclass(frozen=True)
class Upscaled:
    """A PNG in the results bucket, and how it came about: network, device, seconds, and tiles that were run."""

    key: str
    width: int
    height: int
    frames: int
    has_alpha: bool
    model: str
    device: str
    seconds: float
    tiles: int


def header_of(upscaled: Upscaled) -> ImageHeader:
    size = upscaled.width, upscaled.height
    return ImageHeader(png.FORMAT.name, png.FORMAT.mime_type, *size, frames=upscaled.frames)


def source_type_of(source: ImageHeader, upscaled: Upscaled, options: ProcessingSettings) -> str | None:
    """What the larger picture tells of a machine's part in it: what its source did, or that a network enlarged it.

    No tile was run where no network was, as with pixel art.
    """
    is_enhanced = options.mark_upscaled and upscaled.tiles > 0 and source.source_type not in SYNTHETIC
    return ENHANCED if is_enhanced else source.source_type


def remaining(source: ImageHeader, upscaled: Upscaled, options: ProcessingSettings) -> ProcessingSettings:
    """What is left to be done with the larger picture for one result, as if it had been uploaded itself."""
    asked = options.output_format
    target = asked.value if is_auto(options) else target_format(source.format, options, has_alpha=upscaled.has_alpha)
    keeps_animation = any(
        stays_animated(source, target_format(source.format, each), each) for each in possible_settings(source, options)
    )
    return ProcessingSettings.model_validate(
        {
            **options.model_dump(),
            "output_upscale_factor": None,
            "output_format": target,
            "keep_animation": keeps_animation,
            "gif_frame_limit": None,
        }
    )
