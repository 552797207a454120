"""Removes hidden bytes behind the last pixel's code in a GIF's pictures, where no decoder looks."""

from collections.abc import Iterator

from imgopt.codecs.gif.blocks import PICTURE, Blocks
from imgopt.codecs.gif.graphics import NO_CONTROL, Graphic, describe_graphic
from imgopt.errors import InvalidImage

LONGEST_SUB_BLOCK = 255
# Behind the last pixel's code are an end code, and perhaps a clear code before it, of at most 12 bits each (GIF89a,
# appendix F).
END_BYTES = 3


def trim(data: bytes) -> bytes | None:
    """Returns the trimmed file; None where a picture has codes for too few pixels."""
    parts = [*_trim_blocks(data)]
    return b"".join(part for part in parts if part) if all(part is not None for part in parts) else None


def _trim_blocks(data: bytes) -> Iterator[bytes | None]:
    blocks = Blocks(data)
    yield data[: blocks.position]
    for kind, start in blocks.walk():
        block = data[start : blocks.position]
        yield _trim_picture(block) if kind == PICTURE else block
    yield data[blocks.position :]


def _trim_picture(block: bytes) -> bytes | None:
    graphic = describe_graphic(memoryview(block), NO_CONTROL, b"")
    codes = b"".join(_read_sub_blocks(bytes(graphic.codes)))
    try:
        if not _suffice(graphic, codes):
            return None
        if len(codes) <= END_BYTES or not _suffice(graphic, codes[: -END_BYTES - 1]):
            return block
        return block[: -len(graphic.codes)] + _write_sub_blocks(codes[: _find_end(graphic, codes) + END_BYTES])
    except InvalidImage:
        return None


def _suffice(graphic: Graphic, codes: bytes) -> bool:
    """Returns whether the codes suffice for all pixels."""
    return graphic.with_codes(_write_sub_blocks(codes)).decode()[1]


def _find_end(graphic: Graphic, codes: bytes) -> int:
    """Returns how many bytes of codes the pixels need."""
    least, most = 1, len(codes)
    while least < most:
        middle = (least + most) // 2
        if _suffice(graphic, codes[:middle]):
            most = middle
        else:
            least = middle + 1
    return most


def _read_sub_blocks(parts: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(parts) and (length := parts[at]):
        yield parts[at + 1 : at + 1 + length]
        at += 1 + length


def _write_sub_blocks(codes: bytes) -> bytes:
    parts = [codes[at : at + LONGEST_SUB_BLOCK] for at in range(0, len(codes), LONGEST_SUB_BLOCK)]
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"
