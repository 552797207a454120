"""Writes the HEIC files of this folder. Needs `pillow-heif` (an encoder, which the service has no use for)."""

import struct
from io import BytesIO
from pathlib import Path

import pillow_heif
from PIL import Image, ImageCms

from tests import pictures

FOLDER = Path(__file__).parent
# Colorants of Display P3 adapted to D50, as 16.16 fixed point in the order red, green, blue.
P3_COLORANTS = {
    b"rXYZ": (0.5151, 0.2412, -0.0011),
    b"gXYZ": (0.2919, 0.6922, 0.0419),
    b"bXYZ": (0.1572, 0.0666, 0.7841),
}


def main() -> None:
    picture = pictures.draw()
    profile = p3_profile()
    write("plain", picture)
    write("turned", picture.transpose(Image.Transpose.ROTATE_90), exif=turned_right())
    write("alpha", pictures.draw("RGBA"))
    write("p3", to_profile(picture, profile), icc_profile=profile)
    write("grid", pictures.draw(size=(192, 128)), tile_size=64)
    write("ten-bit", picture, bit_depth=10)
    cropped = heic(pad(picture))
    (FOLDER / "clap.heic").write_bytes(with_clap(cropped, picture.size, (80, 64)))


def turned_right() -> bytes:
    """The encoder takes the orientation out of the EXIF and writes it as a property of the image (`irot`)."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


def write(name: str, picture: Image.Image, **options) -> None:
    (FOLDER / f"{name}.heic").write_bytes(heic(picture, **options))


def heic(picture: Image.Image, *, bit_depth: int = 8, **options) -> bytes:
    out = BytesIO()
    mode = picture.mode if bit_depth == 8 else f"{picture.mode};16"
    data = picture.tobytes() if bit_depth == 8 else b"".join(struct.pack("<H", v * 257) for v in picture.tobytes())
    pillow_heif.options.SAVE_HDR_TO_12_BIT = False
    pillow_heif.encode(mode, picture.size, data, out, format="HEIF", quality=80, **options)
    return out.getvalue()


def pad(picture: Image.Image) -> Image.Image:
    """The picture in the middle of a larger one, 16 pixels from each side."""
    larger = Image.new("RGB", (picture.width + 32, picture.height + 32), "white")
    larger.paste(picture, (16, 16))
    return larger


def p3_profile() -> bytes:
    """An sRGB profile with the colorants of Display P3."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for index in range(int.from_bytes(profile[128:132])):
        kind, offset, _ = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        if kind in P3_COLORANTS:
            struct.pack_into(">iii", profile, offset + 8, *(round(value * 65536) for value in P3_COLORANTS[kind]))
    return bytes(profile)


def to_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    target = ImageCms.ImageCmsProfile(BytesIO(profile))
    return ImageCms.profileToProfile(picture, ImageCms.createProfile("sRGB"), target)


def with_clap(data: bytes, size: tuple[int, int], coded: tuple[int, int]) -> bytes:
    """The same file with a clean aperture in the middle (ISO/IEC 14496-12, 12.1.4), as the primary item's property."""
    clap = struct.pack(">I4sIIIIiIiI", 40, b"clap", size[0], 1, size[1], 1, 0, 1, 0, 1)
    ipco = data.index(b"ipco") - 4
    ipco_end = ipco + int.from_bytes(data[ipco : ipco + 4])
    count = len(list(boxes(data[ipco + 8 : ipco_end])))
    ipma = data.index(b"ipma") - 4
    entry = ipma + 16  # one item: its id, then the number of its properties
    grown = bytearray(data)
    grown[entry + 2] += 1
    grown.insert(entry + 3 + data[entry + 2], 0x80 | (count + 1))
    grown[ipco_end:ipco_end] = clap
    for kind, by in ((b"ipma", 1), (b"ipco", 40), (b"iprp", 41), (b"meta", 41)):
        grow(grown, kind, by)
    shift(grown, 41)
    return bytes(grown)


def boxes(data: bytes):
    position = 0
    while position < len(data):
        yield data[position + 4 : position + 8]
        position += int.from_bytes(data[position : position + 4])


def grow(data: bytearray, kind: bytes, by: int) -> None:
    at = data.index(kind) - 4
    data[at : at + 4] = (int.from_bytes(data[at : at + 4]) + by).to_bytes(4)


def shift(data: bytearray, by: int) -> None:
    """The only item's bytes lie further behind; `iloc` has one entry with offsets of four bytes."""
    at = data.index(b"iloc") + 4
    version, sizes, base_size = data[at], data[at + 4], data[at + 5] >> 4
    assert sizes == 0x44, "offsets and lengths of four bytes are expected"
    offset = at + 8 + 2 + (2 if version else 0) + 2 + base_size + 2
    data[offset : offset + 4] = (int.from_bytes(data[offset : offset + 4]) + by).to_bytes(4)


if __name__ == "__main__":
    main()
