"""Keeps a JPEG's gain map, which makes it brighter on HDR screens, where a URL asks for it."""

from dataclasses import replace

from imgopt.imaging.geometry import Placement, Size
from imgopt.imaging.hdr import place_gain_map, read_gain_map
from imgopt.transform.options import GravityType, TransformOptions
from imgopt.transform.sizes import TransformSizes, place_inside
from imgopt.transform.variant import VariantOrder
from imgopt.transform.writing import Written

MAP_DROPPED = "The HDR gain map was dropped: the result has standard dynamic range (SDR)."


def keep_gain_map(made: Written, order: VariantOrder, sizes: TransformSizes) -> Written:
    """Adds the source's gain map, where the result is a scaled part of the source.

    Where it was asked for and can't be kept, a warning says so.
    """
    source, options, target = order.source, order.options, order.target
    if not options.preserve_hdr or not source.has_gain_map:
        return made
    gain_map = read_gain_map(order.data, source, target) if _is_plain(options) else None
    if gain_map is None or target.gain_maps is None:
        return replace(made, warnings=(*made.warnings, MAP_DROPPED))
    own = Size(source.width, source.height)
    placement = _place(own, sizes, options)
    placed = place_gain_map(gain_map, own, own, placement)
    return replace(made, data=target.gain_maps.insert(made.data, placed, made.quality or 0))


def _is_plain(options: TransformOptions) -> bool:
    """Returns whether the options only crop and scale, so that the map can be cropped and scaled alike."""
    changes = (options.trim, options.extend, options.extend_aspect_ratio, options.watermark, _pads(options))
    turns = (options.rotate, options.flip_horizontal, options.flip_vertical, not options.auto_rotate)
    effects = (options.blur, options.sharpen, options.pixelate > 1)
    smart = GravityType.SMART in (options.gravity.type, options.crop.gravity and options.crop.gravity.type)
    return not any((*changes, *turns, *effects, smart))


def _pads(options: TransformOptions) -> bool:
    padding = options.padding
    return any((padding.top, padding.right, padding.bottom, padding.left))


def _place(own: Size, sizes: TransformSizes, options: TransformOptions) -> Placement:
    kept = Size(min(sizes.crop_width or own.width, own.width), min(sizes.crop_height or own.height, own.height))
    left, top = place_inside(own, kept, options.crop.gravity or options.gravity, 1)
    scaled = sizes.scaled
    cut = Size(
        min(sizes.cut_width or scaled.width, scaled.width), min(sizes.cut_height or scaled.height, scaled.height)
    )
    across, down = place_inside(scaled, cut, options.gravity, sizes.dpr)
    wide, high = kept.width / scaled.width, kept.height / scaled.height
    box = (left + across * wide, top + down * high)
    return Placement((*box, box[0] + cut.width * wide, box[1] + cut.height * high), cut, cut)
