"""Whether a file looks like an image, by its first bytes. Other files are not sent.

The server decides which images it accepts. This check only prevents documents and programs from being uploaded by
mistake.
"""

from pathlib import Path

HEAD_BYTES = 4096
SIGNATURES = (
    b"\xff\xd8",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"GIF8",
    b"BM",
    b"\0\0\1\0",  # ICO
    b"II*\0",  # TIFF
    b"MM\0*",
    b"II+\0",  # BigTIFF
    b"MM\0+",
    b"\xff\x0a",  # JPEG XL
    b"\0\0\0\x0cJXL \r\n\x87\n",
)
MARKS_OF_TEXT = b"\xef\xbb\xbf\xff\xfe \t\r\n"


def looks_like_image(path: Path) -> bool:
    """Whether the file looks like an image. Raises OSError if it can't be read."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return head.startswith(SIGNATURES) or is_webp(head) or is_heif(head) or may_be_svg(head)


def is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def is_heif(head: bytes) -> bool:
    """Whether the file is AVIF or HEIC. Videos can look the same; the server checks the brands."""
    return head[4:8] == b"ftyp"


def may_be_svg(head: bytes) -> bool:
    """Whether the file is XML that names `svg`, or is too long to tell. UTF-16 has zeros between letters."""
    text = head.replace(b"\0", b"").lstrip(MARKS_OF_TEXT)
    is_xml = text.startswith((b"<?xml", b"<!DOCTYPE svg"))
    return text.startswith(b"<") and (is_xml or b"<svg" in text or b":svg" in text)
