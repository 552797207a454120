"""Warnings about settings that have no effect."""

from collections.abc import Iterator

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS, is_vector
from imgopt.imaging.candidates import is_auto
from imgopt.imaging.options import ProcessingSettings, ResizeBehavior
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import (
    Step,
    holds_animations,
    is_repacked,
    needs_network,
    stays_animated,
    steps_for,
    target_format,
)

DEFAULT_QUALITY = ProcessingSettings.model_fields["output_quality"].default
ABOUT_TAGS = {"output_seo_language", "output_seo_context"}
NO_BACKGROUND = "output_background has no effect: the result has no transparent pixels and no margins."
NO_RECONSTRUCTION = "jpeg_reconstruction has no effect: it is for JPEG to JPEG XL, and back."


def find_without_effect(image: ImageHeader, options: ProcessingSettings) -> list[str]:
    """Returns a sentence for each setting that differs from its default, but has no effect on any result."""
    first, *others = [
        list(_find_beside_auto(image, each) if is_auto(each) else _find_without_effect(image, each))
        for each in outputs_of(options)
    ]
    return [sentence for sentence in first if all(sentence in other for other in others)]


def _find_beside_auto(image: ImageHeader, options: ProcessingSettings) -> Iterator[str]:
    if options.jpeg_reconstruction:
        yield NO_RECONSTRUCTION
    yield from _find_beside_others(image, options)


def _find_without_effect(image: ImageHeader, options: ProcessingSettings) -> Iterator[str]:
    if options.accept is not None:
        yield "accept has no effect: output_format is not auto."
    target = target_format(image.format, options)
    is_animation = stays_animated(image, target, options)
    if options.gif_frame_limit and not is_animation:
        yield "gif_frame_limit has no effect: the result is not an animation."
    if options.keep_animation and image.frames == 1:
        yield "keep_animation has no effect: the image is not an animation."
    elif options.keep_animation and not holds_animations(target):
        yield f"keep_animation has no effect: {target} can't hold an animation."
    if options.jpeg_reconstruction and not is_repacked(image, options):
        yield NO_RECONSTRUCTION
    if options.output_quality_target is not None and is_vector(image.format) and is_vector(target):
        yield "output_quality_target has no effect: a vector image that stays one has no score."
    yield from _find_beside_others(image, options)


def _find_beside_others(image: ImageHeader, options: ProcessingSettings) -> Iterator[str]:
    if Step.TAG not in steps_for(options):
        for name in options.model_dump(include=ABOUT_TAGS, exclude_none=True):
            yield f"{name} has no effect without output_seo_tag_gen or output_seo_rename."
    if options.output_quality_target is not None and options.output_quality != DEFAULT_QUALITY:
        yield "output_quality has no effect together with output_quality_target."
    if not options.mark_upscaled and not needs_network(image, options):
        yield "mark_upscaled has no effect: no network enlarges the image."
    if options.write_tags and Step.TAG not in steps_for(options):
        yield "write_tags has no effect without output_seo_tag_gen or output_seo_rename."
    is_drawing = is_vector(image.format) and target_format(image.format, options) == image.format
    if options.output_background and (is_drawing or not (image.has_alpha or _has_margins(image, options))):
        yield NO_BACKGROUND
    if options.output_resize_behavior is ResizeBehavior.CROP and not (options.output_width and options.output_height):
        yield "output_resize_behavior has no effect without both output_width and output_height."


def _has_margins(image: ImageHeader, options: ProcessingSettings) -> bool:
    """Returns whether the result may have margins. Icons are square, so that they may."""
    width, height = options.output_width, options.output_height
    target = FORMATS.get(options.output_format.value)
    if target and target.encode_set:
        return True
    if options.output_resize_behavior is not ResizeBehavior.PAD or width is None or height is None:
        return False
    return image.width * height != image.height * width
