"""The folder in which `make up` stores its data."""

import fcntl
import shutil
import time
from pathlib import Path

from local.persistence.disk_space import Space
from local.persistence.journal import JOURNAL_FORMAT, NotStored, format_of
from local.private_files import make_folder

STATE_NAME, BODIES, TEMPORARY = "state.db", "s3", "tmp"
LOCK_NAME = "lock"  # the process that uses the folder holds it
DEMO_FOLDERS, KEPT_SECONDS = "demo-*", 86_400


def prepare_folder(folder: Path) -> None:
    """Creates the folder and checks it. Raises RuntimeError with a message if it can't be used."""
    try:
        make_folder(folder)
        shutil.rmtree(folder / TEMPORARY, ignore_errors=True)
        make_folder(folder / TEMPORARY)
        for log in folder.glob("*.log"):
            log.unlink()
        Space(folder).check_body(0)
        found = format_of(folder / STATE_NAME)
    except (OSError, NotStored) as error:
        raise RuntimeError(
            f"the data folder {folder} can't be used: {reason_of(error)}; set IMGOPT_LOCAL_FOLDER to another one"
        ) from error
    if found > JOURNAL_FORMAT:
        raise RuntimeError(
            f"the data in {folder} were written by a newer version (format {found}; this version supports "
            f"{JOURNAL_FORMAT}); start that version, or set IMGOPT_LOCAL_FOLDER to another folder"
        )


def reason_of(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def remove_demo_folders(parent: Path) -> list[Path]:
    """Deletes folders of `make demo` runs that failed or were killed more than a day ago."""
    old = [path for path in parent.glob(DEMO_FOLDERS) if time.time() - path.stat().st_mtime > KEPT_SECONDS]
    removed = [path for path in old if not is_in_use(path)]
    for path in removed:
        shutil.rmtree(path, ignore_errors=True)
    return removed


def is_in_use(folder: Path) -> bool:
    try:
        with (folder / LOCK_NAME).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
