"""Ids of uploads by their content: the same bytes of the same owner are one upload, which a repeated call finds."""

from hashlib import sha256
from typing import BinaryIO
from uuid import UUID

from imgopt import clock
from imgopt.settings import settings

PIECE_BYTES = 1 << 20


def id_by_content(owner: str, content: BinaryIO) -> str:
    """Returns an id that is equal for half of an upload's lifetime, so that a found upload has at least the other half
    left.
    """
    digest = sha256()
    content.seek(0)
    while piece := content.read(PIECE_BYTES):
        digest.update(piece)
    span = max(1, settings().upload_lifetime // 2)
    known = f"{owner}#{int(clock.now().timestamp()) // span}#".encode() + digest.digest()
    return str(UUID(bytes=sha256(known).digest()[:16]))
