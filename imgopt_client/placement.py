"""Results that take the places of their inputs: whether they may, and what of the inputs they take on."""

import os
import time
from contextlib import suppress
from pathlib import Path, PurePath
from shutil import copystat

from imgopt_client.errors import FileRefused
from imgopt_client.sources import Source

# Spellings of one format.
SAME_SUFFIX = {".jpeg": ".jpg", ".tif": ".tiff", ".heif": ".heic"}
# What the server reads and does not write.
READ_ALONE = (".bmp", ".heic", ".tiff")


def check_replaceable(source: Source) -> None:
    """Raises FileRefused where no result can take the input's place, before one is asked for."""
    if source.path is None:
        raise FileRefused("It is no file of this machine, and can't be replaced.")
    if suffix_of(source.path) in READ_ALONE:
        raise FileRefused("Files of its format are not written, and it can't be replaced.")
    if not (os.access(source.path, os.W_OK) and os.access(source.path.resolve().parent, os.W_OK)):
        raise FileRefused("It can't be written to, and was left as it is.")


def check_same_kind(source: Source, name: str) -> None:
    """Raises FileRefused where the result is of another kind than the input's name says."""
    before, after = suffix_of(PurePath(source.location)), suffix_of(PurePath(name))
    if before != after:
        raise FileRefused(f"The result is a file {after or 'without a suffix'}, and does not replace one {before}.")


def suffix_of(path: PurePath) -> str:
    suffix = path.suffix.lower()
    return SAME_SUFFIX.get(suffix, suffix)


def prepare_result(part: Path, source: Source, replaced: Path | None = None, *, keep_dates: bool) -> None:
    """Gives it the owner, the mode and the extended attributes of the file that it is to replace, and the input's date.

    Whoever may not give a file away keeps it.
    """
    if replaced:
        state = replaced.stat()
        with suppress(OSError):
            os.chown(part, state.st_uid, state.st_gid)
        copystat(replaced, part)
    changed = source.path.stat().st_mtime_ns if keep_dates and source.path else time.time_ns()
    if replaced or keep_dates:
        os.utime(part, ns=(time.time_ns(), changed))
