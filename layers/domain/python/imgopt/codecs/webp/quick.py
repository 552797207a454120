"""Opens still WebP by libvips, which reduces it while decoding."""

from typing import Any

from imgopt.codecs.shared import vips
from imgopt.codecs.webp.chunks import mark_bare_canvas

# How many times larger than needed it is decoded, so that libwebp's simple reduction isn't visible.
SPARE = 2


def open_quickly(data: bytes, scale: float) -> Any | None:
    """Like JPEG's `open_quickly`. Returns None for an animation."""
    load = vips.library().Image.webpload_buffer
    whole = mark_bare_canvas(data)
    pixels = load(whole, scale=min(1.0, scale * SPARE), access="sequential", fail_on="truncated")
    return pixels if pixels.get("n-pages") == 1 else None
