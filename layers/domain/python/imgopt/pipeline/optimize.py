"""The pipeline on pixels: decode, resize, compress. What needs no pixels goes past it."""

from dataclasses import replace

from imgopt.codecs.cleaning import clean
from imgopt.codecs.header import ImageHeader
from imgopt.pipeline import animated, still, vector
from imgopt.pipeline.options import ProcessingSettings
from imgopt.pipeline.plan import Step, stays_animated, steps_for, target_format
from imgopt.pipeline.product import NOT_ENCODED, Product


def optimize(data: bytes, source: ImageHeader, options: ProcessingSettings) -> Product:
    """Makes of a file what the settings ask for.

    Where only compression was asked and nothing is smaller than the original, that is the product.
    Raises InvalidImage where the file can't be read, whatever its header said.
    """
    target = target_format(source.format, options)
    if source.format == target == "svg":
        product = vector.optimize(data, source, options)
    elif stays_animated(source, target, options):
        product = animated.optimize(data, source, target, options)
    else:
        product = still.optimize(data, source, options)
    return _judge(_or_original(product, data, source, options), options)


def _or_original(product: Product, data: bytes, source: ImageHeader, options: ProcessingSettings) -> Product:
    """The original, without metadata that isn't to be kept, unless something else was asked for or it is larger."""
    fewer_frames = source.frames > 1 and (options.gif_frame_limit or source.frames) < source.frames
    if product.format != source.format or Step.RESIZE in steps_for(options) or fewer_frames:
        return product
    original = data if source.format != "svg" or product.data == data else None
    cleaned = original and clean(original, source.format, options.keep_metadata)
    if not cleaned or len(cleaned) > len(product.data):
        return product
    return Product(
        cleaned, source.format, source.width, source.height, NOT_ENCODED, None, source.frames, original_returned=True
    )


def _judge(product: Product, options: ProcessingSettings) -> Product:
    limit = options.output_file_size_limit
    return product if limit is None else replace(product, size_limit_met=len(product.data) <= limit)
