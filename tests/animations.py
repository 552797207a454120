"""Makes small animations for tests, block by block, with the wanted disposal and partial frames."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from tests import pictures

SIZE = (16, 12)
RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 200, 40), (40, 60, 220), (230, 220, 40)
PALETTE = (RED, GREEN, BLUE, YELLOW)
HOLE = 3


@dataclass(frozen=True)
class Part:
    """A rectangle of one colour, by its number in the palette, somewhere on the screen; `HOLE` is transparent."""

    color: int
    box: tuple[int, int, int, int] = (0, 0, *SIZE)
    disposal: int = 1
    delay: int = 10
    interlaced: bool = False
    palette: tuple[tuple[int, int, int], ...] | None = None


def gif(*parts: Part, loop: int | None = 0, transparent: bool = True) -> bytes:
    """An animated GIF of parts drawn one after another; `loop` is what the loop block says, None leaves it out."""
    width, height = (side.to_bytes(2, "little") for side in SIZE)
    head = b"GIF89a" + width + height + b"\x91\0\0" + flat(PALETTE)
    if loop is not None:
        head += b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + loop.to_bytes(2, "little") + b"\0"
    return head + b"".join(_part(part, transparent) for part in parts) + b";"


def _part(part: Part, transparent: bool) -> bytes:
    control = bytes((0x21, 0xF9, 4, part.disposal << 2 | transparent)) + part.delay.to_bytes(2, "little")
    left, top, width, height = part.box
    place = b"".join(value.to_bytes(2, "little") for value in (left, top, width, height))
    flags = (0x81 if part.palette else 0) | (0x40 if part.interlaced else 0)
    codes = [code for _ in range(width * height) for code in (4, part.color)]
    return control + bytes((HOLE, 0, 0x2C)) + place + bytes((flags,)) + flat(part.palette or ()) + _pack(codes)


def _pack(codes: list[int]) -> bytes:
    """Two bits a pixel, three bits a code: a clear code before each pixel keeps it so."""
    bits = sum(code << 3 * position for position, code in enumerate([*codes, 5]))
    data = bits.to_bytes(3 * (len(codes) + 1) // 8 + 1, "little")
    blocks = [data[start : start + 255] for start in range(0, len(data), 255)]
    return b"\x02" + b"".join(bytes((len(block),)) + block for block in blocks) + b"\0"


def flat(colors: tuple[tuple[int, int, int], ...]) -> bytes:
    return bytes(value for color in colors for value in color)


def photo_frames(count: int, size: tuple[int, int] = (48, 32)) -> list[Image.Image]:
    """Many colours, drifting."""
    base = pictures.draw(size=(size[0] + count, size[1]))
    return [base.crop((number, 0, number + size[0], size[1])) for number in range(count)]


def moving_dot(count: int, size: tuple[int, int] = (40, 20)) -> list[Image.Image]:
    """A red square on nothing, with a soft edge, going from left to right."""
    frames = []
    for number in range(count):
        frame = Image.new("RGBA", size)
        frame.paste((*RED, 100), (number * 4, 4, number * 4 + 10, 14))
        frame.paste((*RED, 255), (number * 4 + 1, 5, number * 4 + 9, 13))
        frames.append(frame)
    return frames


def saved(frames: list[Image.Image], pillow_name: str, **options: object) -> bytes:
    return pictures.encode(frames[0], pillow_name, save_all=True, append_images=frames[1:], **options)


def shown(data: bytes) -> list[tuple[Image.Image, int]]:
    """Whole RGBA frames and their delays in milliseconds, by Pillow."""
    image = Image.open(BytesIO(data))
    found = []
    for number in range(image.n_frames):
        image.seek(number)
        image.load()
        found.append((image.convert("RGBA"), image.info.get("duration", 0)))
    return found


def loop_block(data: bytes) -> int | None:
    """The number in a GIF's loop block; None without such a block."""
    start = data.find(b"NETSCAPE2.0\x03\x01")
    return None if start < 0 else int.from_bytes(data[start + 13 : start + 15], "little")
