"""The formats by name, and how to tell them by their first bytes."""

from dataclasses import dataclass

HEAD_BYTES = 32


@dataclass(frozen=True)
class Format:
    """`name` is what the API calls it, `signature` the parts of a file's head by offset.

    `largest_side` is the most pixels that its width or height can have.
    """

    name: str
    label: str
    mime_type: str
    pillow_name: str
    signature: tuple[tuple[int, bytes], ...]
    largest_side: int

    @property
    def extension(self) -> str:
        return self.name

    def matches(self, head: bytes) -> bool:
        return all(head.startswith(part, offset) for offset, part in self.signature)


JPEG = Format("jpg", "JPEG", "image/jpeg", "JPEG", ((0, b"\xff\xd8\xff"),), 65_500)
PNG = Format("png", "PNG", "image/png", "PNG", ((0, b"\x89PNG\r\n\x1a\n"),), 2**31 - 1)
WEBP = Format("webp", "WebP", "image/webp", "WEBP", ((0, b"RIFF"), (8, b"WEBP")), 16_383)
GIF = Format("gif", "GIF", "image/gif", "GIF", ((0, b"GIF8"), (5, b"a")), 65_535)

FORMATS = {each.name: each for each in (JPEG, PNG, WEBP, GIF)}


def sniff(head: bytes) -> Format | None:
    """The format that a file's first `HEAD_BYTES` bytes show, whatever its name or type claims."""
    return next((each for each in FORMATS.values() if each.matches(head)), None)
