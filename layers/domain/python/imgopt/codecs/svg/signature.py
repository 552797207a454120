"""Recognizes an SVG by its first bytes, because it has no magic number."""

import codecs
import re

from imgopt.codecs.recognition import HEAD_BYTES

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
SPACE = re.compile(r"\s+")
ROOT = re.compile(r"<(?:[\w.-]++:)?+svg[\s>/]")
NAMED = re.compile(r"<!DOCTYPE\s++(?:[\w.-]++:)?+svg\b")
# Ends of what may precede the root, or be inside of a document type.
ENDS = {"<?": "?>", "<!--": "-->"}
DOCTYPE = "<!DOCTYPE"
DELIMITER = re.compile(r"<\?|<!--|[\"'\[\]>]")
CLOSING = {'"': '"', "'": "'", **ENDS}


def is_svg(head: bytes) -> bool:
    """Returns whether the first `HEAD_BYTES` bytes begin an XML document whose root is `svg`.

    A document type that exceeds these bytes counts where it names `svg`.
    """
    text, position = _decode(head[:HEAD_BYTES]), 0
    while (following := _skip(text, position)) > position:
        position = following
    return bool(ROOT.match(text, position) or NAMED.match(text, position))


def _skip(text: str, position: int) -> int:
    """Returns the end of white space, declarations, comments and document types.

    Returns `position` where there is none, or it doesn't end in the text.
    """
    if space := SPACE.match(text, position):
        return space.end()
    for begin, end in ENDS.items():
        if text.startswith(begin, position):
            return _behind(text, end, position + len(begin)) or position
    return _skip_doctype(text, position) if text.startswith(DOCTYPE, position) else position


def _skip_doctype(text: str, start: int) -> int:
    """Skips a document type. `>` inside of brackets, quotes or comments doesn't end it."""
    position, inside = start + len(DOCTYPE), False
    while found := DELIMITER.search(text, position):
        position = found.end()
        if found[0] == ">" and not inside:
            return position
        if found[0] in CLOSING:
            position = _behind(text, CLOSING[found[0]], position) or len(text)
        elif found[0] in "[]":
            inside = found[0] == "["
    return start


def _behind(text: str, end: str, position: int) -> int:
    """Returns the position behind the end mark; 0 without one."""
    at = text.find(end, position)
    return at + len(end) if at >= 0 else 0


def find_encoding(data: bytes) -> tuple[bytes, str]:
    """Returns the byte order mark, if any, and the encoding: UTF-8 for all encodings that contain ASCII."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return mark, encoding
    return b"", next((encoding for start, encoding in UNMARKED if data.startswith(start)), "utf-8")


def _decode(head: bytes) -> str:
    mark, encoding = find_encoding(head)
    return head[len(mark) :].decode(encoding, "replace")
