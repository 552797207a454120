"""Results that replace their inputs: whether they may, and which properties of the inputs they get."""

import os
import time
from contextlib import suppress
from pathlib import Path, PurePath
from shutil import copystat

from imgopt_client.errors import FileRefused
from imgopt_client.sources import Source

# Extensions of the same format.
SAME_SUFFIX = {".jpeg": ".jpg", ".tif": ".tiff", ".heif": ".heic"}
# Formats that the server reads but does not write.
READ_ALONE = (".bmp", ".heic", ".tiff")


def check_replaceable(source: Source) -> None:
    """Raises FileRefused if no result can replace the input, before a job is requested."""
    if source.path is None:
        raise FileRefused("--in-place can't replace it, because it is not a local file.")
    if suffix_of(source.path) in READ_ALONE:
        raise FileRefused("--in-place can't replace it, because results can't have its format.")
    if not (os.access(source.path, os.W_OK) and os.access(source.path.resolve().parent, os.W_OK)):
        raise FileRefused("--in-place can't replace it, because the file is not writable.")


def check_same_kind(source: Source, name: str) -> None:
    """Raises FileRefused if the result's format is not that of the input's extension."""
    before, after = suffix_of(PurePath(source.location)), suffix_of(PurePath(name))
    if before != after:
        raise FileRefused(f"A result {after or 'without an extension'} can't replace a file {before}.")


def suffix_of(path: PurePath) -> str:
    suffix = path.suffix.lower()
    return SAME_SUFFIX.get(suffix, suffix)


def prepare_result(part: Path, source: Source, replaced: Path | None = None, *, keep_dates: bool) -> None:
    """Gives a result the owner, mode and extended attributes of the file that it replaces, and the input's date.

    The owner is not changed if the user may not do so.
    """
    if replaced:
        state = replaced.stat()
        with suppress(OSError):
            os.chown(part, state.st_uid, state.st_gid)
        copystat(replaced, part)
    changed = source.path.stat().st_mtime_ns if keep_dates and source.path else time.time_ns()
    if replaced or keep_dates:
        os.utime(part, ns=(time.time_ns(), changed))
