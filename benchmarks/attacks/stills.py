"""Images of 100 megapixels that are expensive to encode, and files that are expensive to decode."""

import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image

SIDE = 10_000
NOISE = random.Random(1)


def noise(mode: str, width: int = SIDE, height: int = SIDE) -> Image.Image:
    """Independent random samples."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), b"".join(NOISE.randbytes(width * bands) for _ in range(height)))


def save(image: Image.Image, pillow_name: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, pillow_name, **options)
    return out.getvalue()


def vips(image: Image.Image, method: str, **options: Any) -> bytes:
    from imgopt.codecs.shared.vips import from_pillow

    return bytes(getattr(from_pillow(image), f"{method}_buffer")(**options))


def palette(colors: int, *, alpha: bool = False) -> Image.Image:
    """Noise with few colours, so that it fits into an upload without lossy compression."""
    image = noise("L").point([value % colors for value in range(256)])
    numbers = Image.frombytes("P", image.size, image.tobytes())
    numbers.putpalette(NOISE.randbytes(colors * (4 if alpha else 3)), "RGBA" if alpha else "RGB")
    return numbers


def many_scans(scans: int = 4000) -> bytes:
    """A grey JPEG with many scans. Each scan covers all blocks in about 400 bytes."""
    blocks = (SIDE + 7) // 8 * ((SIDE + 7) // 8)
    tables = b"\xff\xdb\0\x43\0" + bytes([16] * 64)
    frame = b"\xff\xc2\0\x0b\x08" + struct.pack(">HH", SIDE, SIDE) + b"\x01\x01\x11\0"
    dc = b"\xff\xc4" + struct.pack(">H", 20) + b"\0" + bytes([1, *[0] * 15]) + b"\0"
    ac = b"\xff\xc4" + struct.pack(">H", 20) + b"\x10" + bytes([1, *[0] * 15]) + b"\xe0"
    first = b"\xff\xda\0\x08\x01\x01\0\0\0\0" + _pack("0" * blocks)
    runs = "".join("0" + format(min(0x7FFF, left) - 0x4000, "014b") for left in _runs(blocks))
    again = b"\xff\xda\0\x08\x01\x01\0\x01\x3f\0" + _pack(runs)
    return b"\xff\xd8" + tables + frame + dc + ac + first + again * scans + b"\xff\xd9"


def _runs(blocks: int) -> list[int]:
    """Runs of end-of-block codes, each for 16,384 to 32,767 blocks."""
    whole, rest = divmod(blocks, 0x4000)
    return [0x4000] * (whole - 1) + [0x4000 + rest] if whole else []


def _pack(bits: str) -> bytes:
    padded = bits + "1" * (-len(bits) % 8)
    return int(padded, 2).to_bytes(len(padded) // 8).replace(b"\xff", b"\xff\0")


def deep_png() -> bytes:
    """A PNG with 16 bits per sample and alpha: 800 MB uncompressed."""
    row = zlib.compressobj(1)
    line = b"\0" + bytes(range(250)) * (SIDE * 8 // 250)
    packed = b"".join(row.compress(line) for _ in range(SIDE)) + row.flush()
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, (b"IHDR", b"IDAT", b"IEND"), (header, packed, b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def many_tables() -> bytes:
    """A CMYK image with a profile, by which every pixel has to be converted."""
    from imgopt.codecs.shared.vips import library

    profile = bytes(library().Operation.call("profile_load", "cmyk"))
    image = Image.frombytes("CMYK", (SIDE, SIDE), NOISE.randbytes(4 * SIDE) * SIDE)
    return save(image, "JPEG", quality=5, icc_profile=profile)


def smooth() -> Image.Image:
    return Image.linear_gradient("L").resize((SIDE, SIDE)).convert("RGB")


def small_tiles() -> bytes:
    return vips(
        smooth(), "tiffsave", compression="deflate", predictor="horizontal", tile=True, tile_width=16, tile_height=16
    )


def icon() -> bytes:
    """An ICO with a PNG of the largest allowed number of pixels."""
    content = save(palette(16), "PNG", bits=4)
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(content), 22) + content


def photo(width: int, height: int) -> bytes:
    """The sample photo, enlarged and with grain."""
    from local.private_files import ROOT

    with Image.open(ROOT / "samples" / "landscape.jpg") as image:
        larger = image.convert("RGB").resize((width, height), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((width, height), 12).convert("RGB")
    return save(Image.blend(larger, grain, 0.1), "JPEG", quality=85)


def tiny_text() -> bytes:
    from PIL import ImageDraw, ImageFont

    page = Image.new("L", (SIDE // 2, SIDE // 2), 255)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(14)
    for top in range(0, SIDE // 2, 16):
        draw.text((0, top), "".join(NOISE.choices("abcdefghij klmno pqrst", k=700)), 0, font)
    return save(page, "PNG")


INPUTS: dict[str, Callable[[], bytes]] = {
    "noise.jpg": lambda: save(noise("RGB"), "JPEG", quality=20),
    "noise 4:4:4 progressive.jpg": lambda: save(noise("RGB"), "JPEG", quality=5, subsampling=0, progressive=True),
    "scans.jpg": many_scans,
    "cmyk.jpg": many_tables,
    "noise.png": lambda: save(palette(16), "PNG", bits=4),
    "noise alpha.png": lambda: save(palette(8, alpha=True), "PNG", bits=4),
    "interlaced.png": lambda: vips(smooth(), "pngsave", interlace=True, compression=1),
    "deep.png": deep_png,
    "noise.webp": lambda: save(noise("RGB", 12_000, 8_333), "WEBP", quality=2, method=0),
    "noise.avif": lambda: save(noise("RGB", 6_000, 4_000), "AVIF", quality=20, speed=10, subsampling="4:2:0"),
    "noise.gif": lambda: save(palette(8), "GIF"),
    "strips.tiff": lambda: save(palette(4), "TIFF", compression="tiff_lzw", strip_size=SIDE),
    "small tiles.tiff": small_tiles,
    "jpeg.tiff": lambda: vips(noise("RGB"), "tiffsave", compression="jpeg", Q=10),
    "noise.bmp": lambda: save(noise("L", 7_000, 7_000), "BMP"),
    "icon.ico": icon,
    "photo 12 MP.jpg": lambda: photo(4000, 3000),
    "photo 100 MP.jpg": lambda: photo(11_540, 8_655),
    "one pixel.png": lambda: save(Image.new("RGBA", (1, 1), (1, 2, 3, 128)), "PNG"),
    "tiny text.png": tiny_text,
}
