"""Files that only their owner can read, and their folder."""

import os
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from imgopt_client.errors import ClientError

FOLDER_NAME = "imgopt"


def user_folder(environment: Mapping[str, str], variable: str, below_home: str) -> Path:
    """The client's folder by the XDG specification, which ignores relative paths. Raises ClientError without a home."""
    base = Path(environment.get(variable, ""))
    try:
        return (base if base.is_absolute() else Path.home() / below_home) / FOLDER_NAME
    except RuntimeError as error:
        raise ClientError(f"There is no home folder. Set HOME or {variable}.") from error


def write_private_file(path: Path, content: str) -> None:
    """Writes a file atomically, with mode 0600."""
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
