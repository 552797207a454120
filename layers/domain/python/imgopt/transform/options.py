"""The options of image URLs for pixels, with the meaning of imgproxy 4."""

from dataclasses import dataclass, field
from enum import StrEnum

Rgb = tuple[int, int, int]


class ResizingType(StrEnum):
    FIT = "fit"
    FILL = "fill"
    FILL_DOWN = "fill-down"
    FORCE = "force"
    AUTO = "auto"


class GravityType(StrEnum):
    CENTER = "ce"
    NORTH = "no"
    SOUTH = "so"
    EAST = "ea"
    WEST = "we"
    NORTH_EAST = "noea"
    NORTH_WEST = "nowe"
    SOUTH_EAST = "soea"
    SOUTH_WEST = "sowe"
    SMART = "sm"
    FOCUS_POINT = "fp"
    REPLICATE = "re"  # only for watermarks


@dataclass(frozen=True)
class Gravity:
    """A gravity. Offsets below 1 are fractions of the whole side, others pixels; a focus point's are
    fractions, 0 to 1.
    """

    type: GravityType = GravityType.CENTER
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True)
class Crop:
    """A crop. Sides below 1 are fractions, others pixels of the rotated source; 0 is the whole side. Without a gravity,
    the image's applies.
    """

    width: float = 0.0
    height: float = 0.0
    gravity: Gravity | None = None


@dataclass(frozen=True)
class Extend:
    gravity: Gravity = Gravity()


@dataclass(frozen=True)
class Trim:
    """Trimming. Without a colour, that of the upper left pixel is used."""

    threshold: float
    color: Rgb | None = None
    equal_horizontal: bool = False
    equal_vertical: bool = False


@dataclass(frozen=True)
class Padding:
    """Pixels, before `dpr` is applied."""

    top: int = 0
    right: int = 0
    bottom: int = 0
    left: int = 0


@dataclass(frozen=True)
class Watermark:
    """A watermark. `opacity` is 0 to 1; `scale` is the fraction of the result that it fits into, 0 for its original
    size.
    """

    opacity: float
    gravity: Gravity = Gravity()
    scale: float = 0.0


@dataclass(frozen=True)
class TransformOptions:
    """The options for pixels. Sides are in pixels before `dpr`; 0 follows from the other side. Sigmas of blur and
    sharpen are in pixels.

    `quality` is 1 to 100, 0 for none; `target` is a SSIMULACRA2 score, 30 to 100.
    """

    resizing_type: ResizingType = ResizingType.FIT
    width: int = 0
    height: int = 0
    min_width: int = 0
    min_height: int = 0
    zoom_x: float = 1.0
    zoom_y: float = 1.0
    dpr: float = 1.0
    enlarge: bool = False
    extend: Extend | None = None
    extend_aspect_ratio: Extend | None = None
    gravity: Gravity = Gravity()
    crop: Crop = Crop()
    trim: Trim | None = None
    padding: Padding = Padding()
    auto_rotate: bool = True
    rotate: int = 0
    flip_horizontal: bool = False
    flip_vertical: bool = False
    background: Rgb | None = None
    blur: float = 0.0
    sharpen: float = 0.0
    pixelate: int = 0
    watermark: Watermark | None = None
    strip_metadata: bool = True
    keep_copyright: bool = True
    strip_color_profile: bool = True
    preserve_hdr: bool = False
    enforce_thumbnail: bool = False
    quality: int = 0
    format_quality: dict[str, int] = field(default_factory=dict)
    max_bytes: int = 0
    format: str | None = None
    target: float | None = None
    upscale: int = 1
