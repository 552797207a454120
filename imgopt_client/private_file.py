"""Files that their owner alone can read."""

import os
from pathlib import Path
from uuid import uuid4


def write_private_file(path: Path, content: str) -> None:
    """Mode 0600 from its first byte; whole or not at all."""
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
