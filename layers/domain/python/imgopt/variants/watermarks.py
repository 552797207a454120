"""The image that the option `watermark` draws: the operator's, read as any other source."""

from dataclasses import dataclass, field

from imgopt.settings import settings
from imgopt.variants import sources


@dataclass(frozen=True)
class WatermarkImage:
    """`digest` tells it from others, and from itself in another opacity."""

    digest: str
    data: bytes = field(repr=False)


def current_watermark() -> WatermarkImage | None:
    """None where there is none: then the option does nothing, as in imgproxy."""
    known = settings()
    if not known.url_watermark:
        return None
    seen = sources.look_up(known.url_watermark, known.max_upload_bytes, _free)
    read = sources.read_bytes(known.url_watermark, seen, known.max_upload_bytes)
    return WatermarkImage(f"{read.state.digest} {known.url_watermark_opacity:g}", read.data)


def _free() -> None:
    """No client asked for it."""
