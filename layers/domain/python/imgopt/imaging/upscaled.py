"""The intermediate: a picture that a network has enlarged, and the remaining settings for it."""

from dataclasses import dataclass

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.shared.provenance import ENHANCED, SYNTHETIC
from imgopt.imaging.candidates import is_auto, possible_settings
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import stays_animated, target_format


@dataclass(frozen=True)
class Upscaled:
    """A PNG in the results bucket, with the network, the device, the seconds and the number of tiles that made it."""

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
    from imgopt.codecs import png  # few jobs need it

    size = upscaled.width, upscaled.height
    return ImageHeader(png.FORMAT.name, png.FORMAT.mime_type, *size, frames=upscaled.frames)


def source_type_of(source: ImageHeader, upscaled: Upscaled, options: ProcessingSettings) -> str | None:
    """Returns the source type of the larger picture: its source's, or that a network has enlarged it.

    No tiles mean that no network ran, as for pixel art.
    """
    is_enhanced = options.mark_upscaled and upscaled.tiles > 0 and source.source_type not in SYNTHETIC
    return ENHANCED if is_enhanced else source.source_type


def remaining(source: ImageHeader, upscaled: Upscaled, options: ProcessingSettings) -> ProcessingSettings:
    """Returns the settings that remain for the larger picture, as if it had been uploaded."""
    output_format = options.output_format
    target = (
        output_format.value if is_auto(options) else target_format(source.format, options, has_alpha=upscaled.has_alpha)
    )
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
