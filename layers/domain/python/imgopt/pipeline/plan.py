"""Which steps a job's settings ask for, in the order in which they run."""

from enum import StrEnum

from imgopt.codecs.formats import FORMATS, GIF
from imgopt.codecs.header import ImageHeader
from imgopt.errors import InvalidRequest, NotAvailable
from imgopt.pipeline.options import OutputFormat, ProcessingSettings


class Step(StrEnum):
    UPSCALE = "upscale"
    RESIZE = "resize"
    COMPRESS = "compress"
    TAG = "tag"


AVAILABLE_STEPS = frozenset({Step.COMPRESS})
AVAILABLE_OUTPUTS = frozenset({OutputFormat.ORIGINAL, *map(OutputFormat, FORMATS)})
AWAITED_SETTINGS = ("output_file_size_limit", "output_seo_rename")


def steps_for(options: ProcessingSettings) -> tuple[Step, ...]:
    asked = {
        Step.UPSCALE: options.output_upscale_factor is not None,
        Step.RESIZE: options.output_width is not None or options.output_height is not None,
        Step.COMPRESS: True,
        Step.TAG: options.output_seo_tag_gen,
    }
    return tuple(step for step, wanted in asked.items() if wanted)


def check_available(options: ProcessingSettings) -> None:
    """Raises NotAvailable for what the API documents and this version can't do yet."""
    missing = [step.value for step in steps_for(options) if step not in AVAILABLE_STEPS]
    missing += [name for name in AWAITED_SETTINGS if getattr(options, name)]
    if options.output_format not in AVAILABLE_OUTPUTS:
        missing.append(f"output_format {options.output_format.value}")
    refuse(missing)


def refuse(missing: list[str]) -> None:
    if missing:
        raise NotAvailable(f"Not available in this version: {', '.join(missing)}.")


def target_format(source_format: str, options: ProcessingSettings) -> str:
    """The name of the format that comes out."""
    return source_format if options.output_format is OutputFormat.ORIGINAL else options.output_format.value


def check_image(image: ImageHeader, options: ProcessingSettings) -> None:
    """Raises InvalidRequest where the wanted format can't hold an image of that size, NotAvailable where frames
    would have to be left out of an animation."""
    target = FORMATS[target_format(image.format, options)]
    if max(image.width, image.height) > target.largest_side:
        raise InvalidRequest(f"{target.label} images have at most {target.largest_side} pixels on a side.")
    if target is GIF and options.gif_frame_limit and image.frames > options.gif_frame_limit:
        refuse(["gif_frame_limit"])
