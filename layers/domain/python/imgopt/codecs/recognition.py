"""Recognizes formats by the first bytes of a file."""

from collections.abc import Callable

Recognizer = Callable[[bytes], bool]
# The bytes that are needed: an SVG has no magic number, and may begin with comments.
HEAD_BYTES = 4096


def begins(*signatures: tuple[tuple[int, bytes], ...]) -> Recognizer:
    """Returns a recognizer for any of several signatures, each a set of parts by offset."""

    def matches(head: bytes) -> bool:
        return any(all(head.startswith(part, offset) for offset, part in each) for each in signatures)

    return matches


def branded(brands: frozenset[bytes]) -> Recognizer:
    """Returns a recognizer for ISO base media files with one of these brands, major or compatible (ISO/IEC
    14496-12).
    """

    def matches(head: bytes) -> bool:
        if head[4:8] != b"ftyp":
            return False
        names = head[8:12] + head[16 : int.from_bytes(head[:4])]
        return any(names[at : at + 4] in brands for at in range(0, len(names), 4))

    return matches
