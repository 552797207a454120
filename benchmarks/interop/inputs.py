"""Generated inputs, one of each kind of image, with the settings for the service."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from tests import pictures
from tests.animations import moving_dot, photo_frames, saved

DELAYS = (70, 110, 200)
LOOPS = 3
DPI = 300
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40" viewBox="0 0 60 40">
<defs><linearGradient id="a"><stop offset="0" stop-color="#c20"/><stop offset="1" stop-color="#04c"/></linearGradient>
</defs><rect width="60" height="20" fill="url(#a)"/><circle cx="30" cy="28" r="10" fill="#2a4" fill-opacity=".6"/></svg>
"""
XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" rdf:about=""><dc:rights><rdf:Alt>
<rdf:li xml:lang="x-default">Ada</rdf:li></rdf:Alt></dc:rights></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True)
class MadeInput:
    """A generated input.

    Limits of readers depend on its `traits`; `delays` are those of its frames, in milliseconds.
    """

    name: str
    make: Callable[[], bytes]
    traits: frozenset[str] = frozenset()
    settings: dict[str, object] = field(default_factory=dict)
    delays: tuple[int, ...] = ()
    dpi: int | None = None


def of_mode(mode: str) -> Callable[[], bytes]:
    return lambda: pictures.png(mode)


def sixteen_bits(bands: int) -> bytes:
    """A PNG of 16 bits a channel, whose lower bytes are not copies of the upper ones."""
    import numpy as np
    import pyvips

    ramp = np.linspace(0, 65535, 48 * 32 * bands).astype(np.uint16)
    image = pyvips.Image.new_from_memory(ramp.tobytes(), 48, 32, bands, "ushort")
    image = image.copy(interpretation="rgb16" if bands == 3 else "grey16")
    return bytes(image.pngsave_buffer(bitdepth=16))


def palette_with_holes() -> bytes:
    return pictures.encode(pictures.draw().quantize(16), "PNG", transparency=0)


def cmyk() -> bytes:
    return pictures.encode(pictures.draw("CMYK"), "JPEG", quality=95)


def with_metadata() -> bytes:
    exif = Image.Exif()
    exif.update({0x010F: "Maker", 0x8298: "Ada Lovelace", 0x0112: 6})
    exif.update({0x011A: float(DPI), 0x011B: float(DPI), 0x0128: 2, 0x0213: 1})
    exif.get_ifd(0x8769).update({0x9000: b"0232", 0xA000: b"0100", 0xA001: 1})
    return pictures.jpeg(exif=exif, xmp=XMP, dpi=(DPI, DPI))


def with_dpi() -> bytes:
    return pictures.encode(pictures.draw(), "PNG", dpi=(DPI, DPI))


def soft_gif() -> bytes:
    frames = [frame.quantize(32) for frame in moving_dot(3)]
    return saved(frames, "GIF", duration=list(DELAYS), loop=LOOPS, disposal=2)


def opaque_gif() -> bytes:
    return saved([each.quantize(64) for each in photo_frames(3)], "GIF", duration=list(DELAYS), loop=0)


def animated(pillow_name: str) -> Callable[[], bytes]:
    return lambda: saved(moving_dot(3), pillow_name, duration=list(DELAYS), loop=LOOPS)


def sized(width: int, height: int) -> Callable[[], bytes]:
    return lambda: pictures.encode(pictures.draw(size=(width, height)), "PNG")


def bitmap() -> bytes:
    out = BytesIO()
    pictures.draw().save(out, "BMP")
    return out.getvalue()


ANIMATION = frozenset({"animation"})
ALPHA = frozenset({"alpha"})
GREY = frozenset({"grey"})
MOVING: dict[str, object] = {"keep_animation": True}
INPUTS = (
    MadeInput("rgb", of_mode("RGB")),
    MadeInput("grey", of_mode("L"), GREY),
    MadeInput("grey-alpha", of_mode("LA"), GREY | ALPHA),
    MadeInput("rgba", of_mode("RGBA"), ALPHA),
    MadeInput("palette", palette_with_holes, ALPHA),
    MadeInput("bilevel", of_mode("1"), GREY),
    MadeInput("grey-16", lambda: sixteen_bits(1), GREY),
    MadeInput("rgb-16", lambda: sixteen_bits(3), settings={"output_quality": 100}),
    MadeInput("cmyk", cmyk),
    MadeInput("bmp", bitmap),
    MadeInput("gif-opaque", opaque_gif, ANIMATION, MOVING, DELAYS),
    MadeInput("gif-holes", soft_gif, ANIMATION | ALPHA, MOVING, DELAYS),
    MadeInput("apng", animated("PNG"), ANIMATION | ALPHA, MOVING, DELAYS),
    MadeInput("webp-moving", animated("WEBP"), ANIMATION | ALPHA, MOVING, DELAYS),
    MadeInput("svg", lambda: SVG, ALPHA | {"gradient"}),
    MadeInput("tiny", sized(1, 1), frozenset({"tiny"})),
    MadeInput("wide", sized(1000, 8), frozenset({"wide"})),
    MadeInput("metadata", with_metadata, settings={"keep_metadata": "all"}, dpi=DPI),
    MadeInput("rights", with_metadata, settings={"keep_metadata": "copyright"}, dpi=DPI),
    MadeInput("dpi", with_dpi, dpi=DPI),
)
