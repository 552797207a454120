"""Derives from a job's settings its steps, its sizes, and whether it can be done."""

from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS, is_vector
from imgopt.codecs.shared.animation import sample_indexes
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY
from imgopt.codecs.shared.headers import check_pixels
from imgopt.errors import InvalidRequest, TooLarge
from imgopt.imaging.candidates import possible_settings
from imgopt.imaging.geometry import Size, canvas_for, cuts, place
from imgopt.imaging.options import OutputFormat, ProcessingSettings, ResizeBehavior
from imgopt.imaging.outputs import outputs_of
from imgopt.settings import settings


class Step(StrEnum):
    UPSCALE = "upscale"
    RESIZE = "resize"
    COMPRESS = "compress"
    TAG = "tag"


# Bytes per pixel that is decoded, and per pixel that is encoded; benchmarks/ATTACK.md measures them on noise.
BYTES_READ, BYTES_MADE = 8, 8
# Bytes per pixel of one frame of an animation that is encoded.
BYTES_OF_A_FRAME = 30


# The longer side of a size that stands for proportions.
SHAPE_SIDE = 1_000_000_000

# Settings that can't be combined with restoring a file.
CHANGING = {"output_upscale_factor", "output_width", "output_height", "output_file_size_limit"}


def steps_for(options: ProcessingSettings) -> tuple[Step, ...]:
    """Returns the steps of all outputs together, in order."""
    is_requested = {
        Step.UPSCALE: options.output_upscale_factor is not None,
        Step.RESIZE: any(each.output_width or each.output_height for each in outputs_of(options)),
        Step.COMPRESS: True,
        Step.TAG: options.output_seo_tag_gen or options.output_seo_rename,
    }
    return tuple(step for step, wanted in is_requested.items() if wanted)


def changes_size(options: ProcessingSettings) -> bool:
    """Returns whether the settings may change the number of pixels."""
    return not {Step.UPSCALE, Step.RESIZE}.isdisjoint(steps_for(options))


def changes_pixels(image: ImageHeader, options: ProcessingSettings) -> bool:
    """Returns whether the settings may change the pixels or their number."""
    return changes_size(options) or (image.has_alpha and options.output_background is not None)


def target_format(source_format: str, options: ProcessingSettings, *, has_alpha: bool = False) -> str:
    """Returns the name of the result's format, where it isn't chosen by `auto`."""
    if options.output_format is not OutputFormat.ORIGINAL:
        return options.output_format.value
    others = FORMATS[source_format].replaced_by
    return others[has_alpha and options.output_background is None] if others else source_format


def is_repacked(image: ImageHeader, options: ProcessingSettings) -> bool:
    """Returns whether a file is stored as a whole in another format, or restored from one."""
    target = target_format(image.format, options)
    pairs = ((image.format, FORMATS[target].packing), (target, FORMATS[image.format].packing))
    return options.jpeg_reconstruction and any(packing and packing.of == held for held, packing in pairs)


def holds_animations(target: str) -> bool:
    return FORMATS[target].encode_animation is not None


def stays_animated(image: ImageHeader, target: str, options: ProcessingSettings) -> bool:
    """Returns whether an animation stays one: always in its own format, in another one only where the settings
    say so.
    """
    return image.frames > 1 and holds_animations(target) and (target == image.format or options.keep_animation)


def shape_of(image: ImageHeader) -> Size:
    """Returns a size with the exact proportions: a large one for vector images whose sides aren't whole numbers."""
    if image.proportion is None:
        return Size(image.width, image.height)
    return Size(
        *(
            max(1, round(min(SHAPE_SIDE, each)))
            for each in (SHAPE_SIDE * image.proportion, SHAPE_SIDE / image.proportion)
        )
    )


def upscaled_size(image: ImageHeader, options: ProcessingSettings) -> Size:
    """Returns the size after upscaling. A factor below 1 makes it smaller."""
    own, factor = Size(image.width, image.height), options.output_upscale_factor
    if factor is None:
        return own
    return (
        canvas_for(own, own.scaled(factor).width, None, shape=shape_of(image))
        if image.proportion
        else own.scaled(factor)
    )


def needs_network(image: ImageHeader, options: ProcessingSettings) -> bool:
    """Returns whether a network must enlarge the image. Vector images are drawn larger, and reductions are
    resampled.
    """
    return (options.output_upscale_factor or 1) > 1 and not is_vector(image.format)


def upscaled_pixels(image: ImageHeader, options: ProcessingSettings) -> int:
    """Returns the number of pixels that a network must make, in all processed frames."""
    return upscaled_size(image, options).pixels * upscaled_frames(image, options)


def upscaled_frames(image: ImageHeader, options: ProcessingSettings) -> int:
    """Returns the largest number of frames that an output needs."""
    return max(processed_frames(image, each) for each in outputs_of(options))


def canvas_of(image: ImageHeader, options: ProcessingSettings) -> Size:
    """Returns the size of the result, unless a limit on bytes makes it smaller."""
    sides, behavior = (options.output_width, options.output_height), options.output_resize_behavior
    return canvas_for(upscaled_size(image, options), *sides, behavior, shape_of(image) if image.proportion else None)


def drawn_size(image: ImageHeader, canvas: Size, behavior: ResizeBehavior) -> Size:
    """Returns the size in which a vector image is drawn for a canvas: with a crop, larger than the canvas."""
    placement = place(shape_of(image), canvas, behavior)
    cut = cuts(shape_of(image), canvas, behavior)
    return shape_of(image).scaled(placement.factor) if cut else placement.scaled


def check_image(image: ImageHeader, options: ProcessingSettings) -> None:
    """Raises InvalidRequest or TooLarge where the format can't hold, or this service can't make, such an image."""
    limit = settings().max_upscale_pixels
    if needs_network(image, options) and upscaled_pixels(image, options) > limit:
        raise TooLarge(f"Upscaled images have at most {limit / 1_000_000:g} megapixels, all frames together.")
    for output in outputs_of(options):
        _check_any(image, possible_settings(image, output))


def _check_any(image: ImageHeader, candidates: Sequence[ProcessingSettings]) -> None:
    """Raises the error of the last candidate where no candidate is possible."""
    if not any(can_make(image, each) for each in candidates):
        _check_output(image, candidates[-1])


def can_make(image: ImageHeader, options: ProcessingSettings) -> bool:
    with suppress(InvalidRequest, TooLarge):
        _check_output(image, options)
        return True
    return False


def _check_output(image: ImageHeader, options: ProcessingSettings) -> None:
    _check_repacking(image, options)
    target, canvas = FORMATS[target_format(image.format, options)], canvas_of(image, options)
    if target.encode_set and Step.RESIZE not in steps_for(options):
        return  # the format has fixed sizes
    if target.vector and image.format == target.name:
        return  # the step makes no pixels
    if max(canvas.width, canvas.height) > target.largest_side:
        raise InvalidRequest(
            f"{target.label} images have at most {target.largest_side} pixels on a side. Ask for a smaller size."
        )
    check_pixels(canvas.width, canvas.height, settings().max_pixels)
    _check_drawing(image, canvas, options.output_resize_behavior)
    if options.output_quality == LOSSLESS_QUALITY and canvas.pixels > target.largest_lossless:
        most = target.largest_lossless / 1e6
        raise InvalidRequest(f"{target.label} images without loss (quality 100) have at most {most:g} megapixels.")
    has_alpha = image.has_alpha and options.output_background is None
    if has_alpha and canvas.pixels > target.largest_alpha and options.output_file_size_limit is None:
        raise InvalidRequest(
            f"{target.label} images with an alpha channel have at most {target.largest_alpha / 1e6:g} megapixels."
        )
    if stays_animated(image, target.name, options):
        _check_animation(image, target.name, canvas, options)
    else:
        _check_picture(image, canvas)


def _check_drawing(image: ImageHeader, canvas: Size, behavior: ResizeBehavior) -> None:
    """Raises TooLarge where a vector image can't be drawn large enough for the canvas."""
    if vector := FORMATS[image.format].vector:
        size = drawn_size(image, canvas, behavior)
        vector.check_drawable(size.width, size.height)


def _check_repacking(image: ImageHeader, options: ProcessingSettings) -> None:
    """Raises InvalidRequest for settings that would change pixels."""
    changes = options.model_dump(include=CHANGING, exclude_none=True)
    if changes and is_repacked(image, options):
        raise InvalidRequest(f"jpeg_reconstruction keeps every pixel: it can't be combined with {', '.join(changes)}.")


def _check_picture(image: ImageHeader, canvas: Size) -> None:
    read = 0 if is_vector(image.format) else image.width * image.height
    if read * BYTES_READ + canvas.pixels * BYTES_MADE > settings().stage_memory_bytes:
        raise TooLarge(
            "This image needs more memory than a job may use. Send a smaller one, or ask for a smaller result."
        )


def _check_animation(image: ImageHeader, target: str, canvas: Size, options: ProcessingSettings) -> None:
    """Raises TooLarge where the frames need too much memory: encoders hold all of them.

    Some formats are rewritten without decoding where the size stays the same.
    """
    is_kept = canvas == Size(image.width, image.height) and not options.output_background
    if target == image.format and FORMATS[target].rewrite_animation and is_kept:
        return
    frames = min(options.gif_frame_limit or image.frames, image.frames)
    needed = canvas.pixels * (frames * FORMATS[target].frame_bytes + BYTES_OF_A_FRAME)
    if needed > settings().stage_memory_bytes:
        raise TooLarge(
            f"This animation needs more memory than a job may use: {frames} frames of {canvas.width} x "
            f"{canvas.height} pixels. Make it smaller, or keep fewer frames."
        )


def processed_frames(image: ImageHeader, options: ProcessingSettings) -> int:
    """Returns the number of processed frames: 1 unless the result is an animation, then at most the frame limit."""
    candidates = possible_settings(image, options)
    if not any(stays_animated(image, target_format(image.format, each), each) for each in candidates):
        return 1
    return len(sample_indexes(image.frames, options.gif_frame_limit or image.frames))
