"""The image for the option `watermark`: the operator's, read like any source."""

from dataclasses import dataclass, field

from imgopt.settings import settings
from imgopt.variants import sources


@dataclass(frozen=True)
class WatermarkImage:
    """`digest` is a hash of the image and its opacity."""

    digest: str
    data: bytes = field(repr=False)


def current_watermark() -> WatermarkImage | None:
    """Returns the configured watermark; None without one, so that the option has no effect, as in imgproxy."""
    config = settings()
    if not config.url_watermark:
        return None
    seen = sources.look_up(config.url_watermark, config.max_upload_bytes, _free)
    read = sources.read_bytes(config.url_watermark, seen, config.max_upload_bytes)
    return WatermarkImage(f"{read.state.digest} {config.url_watermark_opacity:g}", read.data)


def _free() -> None:
    """Admits the request: the operator's own image counts against no quota."""
