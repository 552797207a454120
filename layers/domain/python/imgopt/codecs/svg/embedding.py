"""Pictures embedded in an SVG as `data:` URLs. As in browsers, their bytes decide on the type, not their label."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from urllib.parse import unquote_to_bytes

from imgopt.codecs.recognition import Recognizer, begins, branded

# Pictures that browsers draw in an SVG, by their first bytes (WHATWG MIME Sniffing, 6.1).
SIGNATURES: dict[str, Recognizer] = {
    "image/png": begins(((0, b"\x89PNG\r\n\x1a\n"),)),
    "image/jpeg": begins(((0, b"\xff\xd8\xff"),)),
    "image/gif": begins(((0, b"GIF87a"),), ((0, b"GIF89a"),)),
    "image/webp": begins(((0, b"RIFF"), (8, b"WEBPVP"))),
    "image/avif": branded(frozenset({b"avif", b"avis"})),
    "image/bmp": begins(((0, b"BM"), (6, b"\0\0\0\0"))),
    "image/x-icon": begins(((0, b"\0\0\1\0"),), ((0, b"\0\0\2\0"),)),
}
SVG_TYPE = "image/svg+xml"
ADDRESS = re.compile(r"data:([^,;]*+)((?:;[^,;]*+)*+),", re.IGNORECASE)
HEAD_CHARACTERS = 128
SPACE = re.compile(r"\s++")


def is_embedded(address: str) -> bool:
    return ADDRESS.match(address) is not None


def picture_type_of(address: str) -> str:
    """Returns the type of a picture; "" where browsers don't draw it."""
    head = ADDRESS.match(address)
    if head is None:
        return ""
    if head[1].strip().lower() == SVG_TYPE:
        return SVG_TYPE
    begin = _decode(head, address[head.end() : head.end() + HEAD_CHARACTERS])
    return next((name for name, matches in SIGNATURES.items() if matches(begin)), "")


def content_of(address: str) -> bytes:
    """Returns the bytes of a data URL; b"" where they aren't base64."""
    head = ADDRESS.match(address)
    return _decode(head, address[head.end() :]) if head else b""


def address_of(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


def relabelled(address: str, kind: str) -> str:
    """Returns the same bytes with the right type."""
    head = ADDRESS.match(address)
    if head and _is_base64(head):
        return f"data:{kind};base64,{address[head.end() :]}"
    return address_of(content_of(address), kind)


def _is_base64(head: re.Match[str]) -> bool:
    return any(each.strip().lower() == "base64" for each in head[2].split(";"))


def _decode(head: re.Match[str], text: str) -> bytes:
    if not _is_base64(head):
        return unquote_to_bytes(text)
    plain = SPACE.sub("", unquote_to_bytes(text).decode("ascii", "replace") if "%" in text else text)
    try:
        return b64decode(plain[: len(plain) // 4 * 4] if len(plain) % 4 == 1 else plain + "=" * (-len(plain) % 4))
    except (Base64Error, ValueError):
        return b""
