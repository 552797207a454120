"""Gain maps, which make pictures brighter on HDR screens. They are resized and cropped with their picture."""

from dataclasses import replace

from imgopt.codecs.format import Format, ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.gain_map import GainMap
from imgopt.imaging.artifact import ArtifactFile
from imgopt.imaging.geometry import Placement, Size
from imgopt.imaging.steps.resize import REDUCING_GAP


def read_gain_map(data: bytes, source: ImageHeader, target: Format) -> GainMap | None:
    """Returns the gain map; None where there is none that can be read, or the result's format can't hold one."""
    reader = FORMATS[source.format].gain_maps
    return reader.read(data) if reader and target.gain_maps and source.has_gain_map else None


def place_gain_map(gain_map: GainMap, source: Size, decoded: Size, placement: Placement) -> GainMap:
    """Places a gain map like its picture. It keeps its size relative to the picture.

    The placement is in pixels of the decoded picture, which may be smaller than the source.
    """
    from PIL import Image

    map_size = Size(*gain_map.image.size)
    left, top, right, bottom = placement.box
    scaled, canvas = (
        _scale(size, map_size.width / source.width, map_size.height / source.height)
        for size in (placement.scaled, placement.canvas)
    )
    across, down = map_size.width / decoded.width, map_size.height / decoded.height
    box = (left * across, top * down, right * across, bottom * down)
    inside = gain_map.image.resize(scaled, Image.Resampling.LANCZOS, box=box, reducing_gap=REDUCING_GAP)
    ground = gain_map.no_gain()
    whole = Image.new(gain_map.image.mode, canvas, ground[0] if len(ground) == 1 else ground)
    whole.paste(inside, ((canvas[0] - scaled[0]) // 2, (canvas[1] - scaled[1]) // 2))
    return replace(gain_map, image=whole)


def _scale(size: Size, across: float, down: float) -> tuple[int, int]:
    return max(1, round(size.width * across)), max(1, round(size.height * down))


def keeps_gain_map(data: bytes, format_name: str) -> bool:
    """Returns whether a file has a gain map that can be read."""
    reader = FORMATS[format_name].gain_maps
    return reader is not None and reader.read(data) is not None


def warn_of_lost_hdr(made: ArtifactFile, source: ImageHeader) -> str | None:
    """Returns a sentence for `warning` where the result lacks its source's gain map; None otherwise."""
    if not source.has_gain_map or made.artifact.has_gain_map:
        return None
    return "The HDR gain map was dropped: the result has standard dynamic range (SDR)."
