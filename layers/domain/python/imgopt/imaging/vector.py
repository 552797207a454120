"""Processes vector images that stay vector images."""

from imgopt.codecs.capabilities import Vector
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.shared.encoding import Encoding
from imgopt.imaging.artifact import (
    ArtifactFile,
    build_artifact,
    describe_left_out,
    describe_vector_metadata,
    join_warnings,
)
from imgopt.imaging.options import ProcessingSettings, ResizeBehavior
from imgopt.imaging.plan import Step, canvas_of, steps_for, upscaled_size
from imgopt.imaging.steps.compress import fit


def optimize_vector(data: bytes, source: ImageHeader, vector: Vector, options: ProcessingSettings) -> ArtifactFile:
    prepared = vector.prepare(data, *_sides(source, options), options.output_resize_behavior.value)

    def encode(quality: int, _scale: float) -> Encoding:
        return vector.optimize(prepared.data, quality)

    made = fit(encode, options.output_quality, options.output_file_size_limit, scalable=False)
    lost = describe_vector_metadata(data, source, options.keep_metadata)
    warning = join_warnings(describe_left_out(prepared.left_out), lost)
    return build_artifact(made, source.format, canvas_of(source, options), warning=warning)


def _sides(source: ImageHeader, options: ProcessingSettings) -> tuple[int | None, int | None]:
    """Returns the requested width and height. With a factor only, the height follows from the width."""
    if options.output_resize_behavior is ResizeBehavior.FIT and Step.RESIZE in steps_for(options):
        canvas = canvas_of(source, options)
        return canvas.width, canvas.height
    if options.output_width or options.output_height or not options.output_upscale_factor:
        return options.output_width, options.output_height
    return upscaled_size(source, options).width, None
