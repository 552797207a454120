"""How to tell an SVG by its first bytes, which hold no magic number."""

import codecs
import re

HEAD_BYTES = 4096
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
# Declarations, comments and a document type may come before the root, in this order or another.
PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*'|\[.*?\]\s*(?=>))*>", re.DOTALL)
ROOT = re.compile(r"<(?:[\w.-]+:)?svg[\s>/]")
NAMED = re.compile(r"<!DOCTYPE\s+(?:[\w.-]+:)?svg\b")


def is_svg(head: bytes) -> bool:
    """Whether a file's first `HEAD_BYTES` bytes are the beginning of an XML document whose root is `svg`.

    A document type that is longer than the head counts where it names `svg`.
    """
    text = _decode(head[:HEAD_BYTES])
    position = 0
    while match := PROLOG.match(text, position):
        position = match.end()
    return bool(ROOT.match(text, position) or NAMED.match(text, position))


def _decode(head: bytes) -> str:
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    for start, encoding in UNMARKED:
        if head.startswith(start):
            return head.decode(encoding, "replace")
    return head.decode("utf-8", "replace")
