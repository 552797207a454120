"""A small file of every kind that the service reads, with the picture that it shows."""

import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import Image

from imgopt.codecs.jxl import animation_writer, libjxl
from imgopt.codecs.jxl.container import JxlFile, write_boxes
from imgopt.codecs.shared import vips
from imgopt.codecs.shared.animation import Animation
from tests import animations, pictures, profiles
from tests.pictures import draw, encode

FILES = Path(__file__).parent / "files"
Maker = Callable[[], bytes]


def deep(mode: str, save: str, **options: object) -> bytes:
    """The drawing in 16 bits a sample, by libvips."""
    pixels = vips.from_pillow(draw(mode)).cast("ushort") * 257
    kind = "grey16" if mode in ("L", "LA") else "rgb16"
    return getattr(pixels.cast("ushort").copy(interpretation=kind), save)(**options)


def float_tiff() -> bytes:
    """0 to 1, linear in light, as programs for photos write them."""
    return vips.from_pillow(draw()).colourspace("scrgb").tiffsave_buffer()


def tiff(mode: str = "RGB", **options: object) -> bytes:
    return vips.from_pillow(draw(mode)).tiffsave_buffer(**options)


def turned_tiff() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encode(draw().transpose(Image.Transpose.ROTATE_90), "TIFF", exif=exif)


def top_down_bmp() -> bytes:
    """A negative height says that the first row is the upper one."""
    data = bytearray(encode(draw().transpose(Image.Transpose.FLIP_TOP_BOTTOM), "BMP"))
    struct.pack_into("<i", data, 22, -pictures.HEIGHT)
    return bytes(data)


def rle_bmp() -> bytes:
    """Runs of one byte each (BI_RLE8), which Pillow reads and can't write."""
    image = draw().quantize(64)
    colors = bytes(image.getpalette("BGRX"))
    rows = [image.crop((0, y, image.width, y + 1)).tobytes() for y in reversed(range(image.height))]
    body = b"".join(b"".join(bytes((1, pixel)) for pixel in row) + b"\0\0" for row in rows) + b"\0\1"
    start = 54 + len(colors)
    info = struct.pack("<IiiHHIIiiII", 40, *image.size, 1, 8, 1, len(body), 0, 0, len(colors) // 4, 0)
    return struct.pack("<2sIHHI", b"BM", start + len(body), 0, 0, start) + info + colors + body


def masked_bmp() -> bytes:
    """32 bits with masks that say where red, green, blue and alpha are (BITMAPV4HEADER)."""
    pixels = draw("RGBA").transpose(Image.Transpose.FLIP_TOP_BOTTOM).tobytes("raw", "BGRA")
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    info = struct.pack("<IiiHHIIiiII", 108, 48, 32, 1, 32, 3, len(pixels), 0, 0, 0, 0) + masks + bytes(52)
    start = 14 + len(info)
    return struct.pack("<2sIHHI", b"BM", start + len(pixels), 0, 0, start) + info + pixels


def ico(bitmap_format: str) -> bytes:
    """Entries of 16 and 32 pixels of the drawing made square."""
    sizes = [(16, 16), (32, 32)]
    return encode(draw("RGBA", size=(32, 32)), "ICO", sizes=sizes, bitmap_format=bitmap_format)


def lying_ico() -> bytes:
    """The directory gives every entry the other's size."""
    data = bytearray(ico("png"))
    data[6:8], data[22:24] = data[22:24], data[6:8]
    return bytes(data)


def svg() -> bytes:
    """An SVG of the picture that `draw_svg` shows."""
    return (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"><rect width="48" height="32" fill="#28a0c8"/>'
        b'<rect width="24" height="16" fill="#fa0a0a"/></svg>'
    )


def draw_svg() -> Image.Image:
    image = Image.new("RGB", (48, 32), (0x28, 0xA0, 0xC8))
    image.paste(pictures.CORNER, (0, 0, 24, 16))
    return image


def still_gif() -> bytes:
    return encode(draw().quantize(256), "GIF")


def hollow_palette() -> bytes:
    """A palette whose last colour is transparent (tRNS), for the bottom right quarter."""
    image = draw().quantize(255)
    image.putpalette([*image.getpalette()[: 255 * 3], 0, 0, 0])
    image.paste(255, (24, 16, 48, 32))
    return encode(image, "PNG", transparency=bytes([255] * 255 + [0]))


def interlaced(mode: str = "RGB") -> bytes:
    return vips.from_pillow(draw(mode)).pngsave_buffer(interlace=True)


def turned_avif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encode(draw().transpose(Image.Transpose.ROTATE_90), "AVIF", quality=90, exif=exif)


def mirrored_avif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 2
    return encode(draw().transpose(Image.Transpose.FLIP_LEFT_RIGHT), "AVIF", quality=90, exif=exif)


def deep_avif() -> bytes:
    pixels = (vips.from_pillow(draw()).cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
    return pixels.heifsave_buffer(compression="av1", bitdepth=10, Q=80, effort=0)


def heic(name: str) -> bytes:
    return (FILES / f"{name}.heic").read_bytes()


def animated(pillow_name: str) -> bytes:
    return animations.saved(animations.photo_frames(4), pillow_name, duration=80, loop=0, lossless=True)


def jxl(image: Image.Image, **words: bytes) -> bytes:
    """A JPEG XL file, with EXIF and XMP if they are given."""
    return write_boxes(JxlFile(libjxl.encode(image, 100, 1), **words))


def animated_jxl() -> bytes:
    frames = animations.photo_frames(4)
    return animation_writer.encode_animation(Animation(tuple(frames), (80,) * 4), 100).data


MAKERS: dict[str, Maker] = {
    "jpg": pictures.jpeg,
    "jpg progressive": lambda: pictures.jpeg(progressive=True),
    "jpg grey": lambda: encode(draw("L"), "JPEG", quality=95),
    "jpg cmyk": lambda: encode(draw("CMYK"), "JPEG", quality=98),
    "jpg turned": lambda: pictures.upright(draw(), 6),
    "jpg with profile": lambda: pictures.jpeg(icc_profile=profiles.srgb()),
    "png": pictures.png,
    "png alpha": lambda: pictures.png("RGBA"),
    "png grey alpha": lambda: pictures.png("LA"),
    "png 1 bit": lambda: pictures.png("1"),
    "png palette": lambda: encode(draw().quantize(256), "PNG"),
    "png hollow palette": hollow_palette,
    "png 16 bit": lambda: deep("RGB", "pngsave_buffer", bitdepth=16),
    "png 16 bit grey": lambda: deep("L", "pngsave_buffer", bitdepth=16),
    "png 16 bit alpha": lambda: deep("RGBA", "pngsave_buffer", bitdepth=16),
    "png interlaced": interlaced,
    "png animated": lambda: animated("PNG"),
    "webp": pictures.webp,
    "webp lossless": lambda: pictures.webp(lossless=True),
    "webp alpha": lambda: pictures.webp("RGBA"),
    "webp animated": lambda: animated("WEBP"),
    "avif": lambda: encode(draw(), "AVIF", quality=90),
    "avif 10 bit": deep_avif,
    "avif alpha": lambda: encode(draw("RGBA"), "AVIF", quality=90),
    "avif turned": turned_avif,
    "avif mirrored": mirrored_avif,
    "jxl": lambda: jxl(draw()),
    "jxl alpha": lambda: jxl(draw("RGBA")),
    "jxl grey alpha": lambda: jxl(draw("LA")),
    "jxl of jpg": lambda: libjxl.pack_jpeg(data_of("jpg with profile")),
    "jxl animated": animated_jxl,
    "gif": still_gif,
    "gif animated": lambda: animated("GIF"),
    "svg": svg,
    "ico": lambda: ico("png"),
    "ico bitmap": lambda: ico("bmp"),
    "ico lying": lying_ico,
    "heic": lambda: heic("plain"),
    "heic 10 bit": lambda: heic("ten-bit"),
    "heic alpha": lambda: heic("alpha"),
    "heic turned": lambda: heic("turned"),
    "heic p3": lambda: heic("p3"),
    "heic grid": lambda: heic("grid"),
    "heic clap": lambda: heic("clap"),
    "tiff": tiff,
    "tiff alpha": lambda: tiff("RGBA"),
    "tiff 16 bit": lambda: deep("RGB", "tiffsave_buffer"),
    "tiff float": float_tiff,
    "tiff cmyk": lambda: encode(draw("CMYK"), "TIFF"),
    "tiff palette": lambda: encode(draw().quantize(256), "TIFF"),
    "tiff 1 bit": lambda: encode(draw("1"), "TIFF", compression="group4"),
    "tiff pages": lambda: animations.saved([draw(), draw("L")], "TIFF"),
    "tiff lzw": lambda: tiff(compression="lzw", predictor="horizontal"),
    "tiff deflate": lambda: tiff(compression="deflate"),
    "tiff jpeg": lambda: tiff(compression="jpeg", Q=95),
    "tiff tiled": lambda: tiff(tile=True, tile_width=16, tile_height=16),
    "tiff turned": turned_tiff,
    "bmp": lambda: encode(draw(), "BMP"),
    "bmp alpha": masked_bmp,
    "bmp 32 bit": lambda: encode(draw("RGBA"), "BMP"),
    "bmp palette": lambda: encode(draw().quantize(64), "BMP"),
    "bmp 1 bit": lambda: encode(draw("1"), "BMP"),
    "bmp top down": top_down_bmp,
    "bmp rle": rle_bmp,
}


@cache
def data_of(name: str) -> bytes:
    return MAKERS[name]()


def shown_by(name: str) -> Image.Image:
    """The upright picture of the file, in RGBA if it has alpha."""
    format_name, *words = name.split()
    if format_name == "svg":
        return draw_svg()
    if format_name == "ico":
        return draw("RGBA", size=(32, 32))
    if "animated" in words:
        return animations.photo_frames(4)[0]
    mode = "L" if "grey" in words else "1" if "1 bit" in name else "RGB"
    if "alpha" in words or "hollow" in words:
        mode = "LA" if mode == "L" else "RGBA"
    return draw(mode, size=(192, 128) if "grid" in words else (pictures.WIDTH, pictures.HEIGHT))
