"""How a format is told by the head of a file."""

from collections.abc import Callable

Recognizer = Callable[[bytes], bool]
# So many of a file tell its format: an SVG has no magic number, and may begin with comments.
HEAD_BYTES = 4096


def begins(*signatures: tuple[tuple[int, bytes], ...]) -> Recognizer:
    """Any of the signatures, each a set of parts by offset."""

    def matches(head: bytes) -> bool:
        return any(all(head.startswith(part, offset) for offset, part in each) for each in signatures)

    return matches


def branded(brands: frozenset[bytes]) -> Recognizer:
    """An ISO base media file whose major brand is one of them, or that is compatible with one (ISO/IEC 14496-12)."""

    def matches(head: bytes) -> bool:
        if head[4:8] != b"ftyp":
            return False
        names = head[8:12] + head[16 : int.from_bytes(head[:4])]
        return any(names[at : at + 4] in brands for at in range(0, len(names), 4))

    return matches
