"""Animations that stay animations: each frame is transformed alike."""

from dataclasses import replace
from typing import TYPE_CHECKING

from imgopt.codecs.format import Format
from imgopt.codecs.formats import decode_animation, mend
from imgopt.codecs.shared import vips
from imgopt.codecs.shared.animation import Animation
from imgopt.codecs.shared.encoding import Metadata
from imgopt.errors import InvalidRequest
from imgopt.imaging.geometry import Size
from imgopt.imaging.steps.decode import read_kept
from imgopt.transform.operations import to_rgb
from imgopt.transform.pipeline import Transformation, transform_pixels
from imgopt.transform.source_image import OpenedSource, kept_metadata
from imgopt.transform.variant import VariantOrder
from imgopt.transform.writing import WITHOUT_QUALITY, Written, asked_quality, fit_bytes

if TYPE_CHECKING:
    from PIL.Image import Image


def keeps_animation(order: VariantOrder) -> bool:
    """Returns whether more than one frame is allowed, and image URLs can write animations in the format."""
    is_allowed = order.source.frames > 1 and order.limits.frames > 1
    return is_allowed and order.target.encode_animation_quickly is not None


def write_animation(order: VariantOrder, wanted: Transformation) -> tuple[Written, tuple[int, int]]:
    """Writes the first frames, as many as are allowed, without trimming. Returns the file and its size in pixels."""
    write, target = order.target.encode_animation_quickly, order.target
    if write is None:
        raise InvalidRequest(f"Image URLs can't write animated {target.label} files.")
    each = wanted.most_pixels // min(order.source.frames, order.limits.frames)
    moving = _read(order, replace(wanted, options=replace(order.options, trim=None), most_pixels=each))
    quality = asked_quality(order.output, order.options)
    if target.name in WITHOUT_QUALITY:
        made = Written(write(moving, quality).data)
    else:
        made = fit_bytes(lambda each: write(moving, each), quality, order.options.max_bytes)
    name = order.source.format
    kept = read_kept(mend(order.data, name), name, kept_metadata(order.options))
    return replace(made, data=_insert(made.data, target, kept)), moving.size


def _read(order: VariantOrder, wanted: Transformation) -> Animation:
    name, most = order.source.format, min(order.source.frames, order.limits.frames)

    def transform(frame: "Image") -> "Image":
        opened = OpenedSource(vips.from_pillow(frame), Size(*frame.size))
        return vips.to_pillow(to_rgb(transform_pixels(opened, wanted)))

    whole = decode_animation(mend(order.data, name), name, None, transform)
    return replace(whole, frames=whole.frames[:most], durations=whole.durations[:most])


def _insert(data: bytes, target: Format, kept: Metadata) -> bytes:
    return target.insert_metadata(data, kept) if target.insert_metadata else data
