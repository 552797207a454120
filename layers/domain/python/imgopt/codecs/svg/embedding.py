"""Pictures that an SVG holds itself, as `data:` addresses. Browsers go by their bytes, not by what they are called."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from urllib.parse import unquote_to_bytes

# What browsers draw in an SVG, by how such files begin (WHATWG MIME Sniffing, 6.1).
SIGNATURES = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/gif", re.compile(rb"GIF8[79]a")),
    ("image/webp", re.compile(rb"RIFF.{4}WEBPVP", re.DOTALL)),
    ("image/avif", re.compile(rb".{4}ftyp(?:avi[fs]|.{8}(?:.{4}){0,7}avi[fs])", re.DOTALL)),
    ("image/bmp", re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL)),
    ("image/x-icon", re.compile(rb"\0\0[\x01\x02]\0")),
)
SVG_TYPE = "image/svg+xml"
ADDRESS = re.compile(r"data:([^,;]*+)((?:;[^,;]*+)*+),", re.IGNORECASE)
HEAD_CHARACTERS = 128
SPACE = re.compile(r"[\s]++")


def is_embedded(address: str) -> bool:
    return ADDRESS.match(address) is not None


def picture_type_of(address: str) -> str:
    """What a picture is; empty where it is none that browsers draw."""
    head = ADDRESS.match(address)
    if head is None:
        return ""
    if head[1].strip().lower() == SVG_TYPE:
        return SVG_TYPE
    begin = _decode(head, address[head.end() : head.end() + HEAD_CHARACTERS])
    return next((name for name, signature in SIGNATURES if signature.match(begin)), "")


def content_of(address: str) -> bytes:
    """The bytes that an address holds; nothing where they are no base64."""
    head = ADDRESS.match(address)
    return _decode(head, address[head.end() :]) if head else b""


def address_of(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


def relabelled(address: str, kind: str) -> str:
    """The same bytes by their right name."""
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
