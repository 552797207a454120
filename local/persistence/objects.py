"""Bodies of objects in S3. If one can't be written, the request fails and nothing of the object is kept.

The emulator itself writes each object to files, but ignores errors.
"""

import os
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType
from typing import Any

from local.persistence.disk_space import Space, refusal
from local.persistence.journal import NotStored

STORING = ("PUT", "POST")
# The query of `imgopt.storage.objects.check_bucket`.
PROBE, UNUSED_ID = "GET", "00000000-0000-0000-0000-000000000000"
failures: ContextVar[list[str] | None] = ContextVar("failures", default=None)


class Objects:
    def __init__(self, s3: ModuleType, space: Space) -> None:
        self.s3, self.space = s3, space
        self.unsynced: set[str] = set()
        self.write, self.persist = s3._atomic_write, s3._persist_object

    def install(self) -> None:
        s3: Any = self.s3
        s3._atomic_write, s3._persist_object = self._write, self._persist
        s3.handle_request = self._storing(s3.handle_request)

    def _write(self, path: str, data: Any, *, text: bool = False) -> None:
        try:
            self.write(path, data, text=text)
        except OSError as error:
            note(str(error))
            raise
        self.unsynced.add(path)

    def _persist(self, bucket: str, key: str, record: Any) -> None:
        """Writes an object as the emulator does, but deletes it if its file or metadata could not be written."""
        known = len(failures.get() or ())
        self.persist(bucket, key, record)
        if len(failures.get() or ()) > known or record.get("body") is not None:
            note("its file could not be written")
            self.s3._delete_persisted_object(bucket, key)
            self.s3._buckets[bucket]["objects"].pop(key, None)

    def _storing(self, handle: Any) -> Any:
        async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            held = failures.set([])
            try:
                if method in STORING or is_probe(method, path, query):
                    self.space.check_body(len(body))
                answer = await handle(method, path, headers, body, query)
                if failures.get():
                    raise NotStored(f"S3: {(failures.get() or [''])[0]}")
            except NotStored as error:
                return self.space.refuse(error, refusal("application/xml"))
            finally:
                failures.reset(held)
            return answer

        return handle_request

    def sync(self) -> None:
        """Flushes the files that were written since the last call to the disk."""
        paths, self.unsynced = self.unsynced, set()
        for path in paths:
            try:
                file = os.open(path, os.O_RDONLY)
            except FileNotFoundError:  # the object was deleted in the meantime
                continue
            try:
                os.fsync(file)
            finally:
                os.close(file)


def note(reason: str) -> None:
    noted = failures.get()
    if noted is not None:
        noted.append(reason)


def is_probe(method: str, path: str, query: Any) -> bool:
    """Whether a request only checks a bucket, by listing a prefix that no key has."""
    return method == PROBE and "/" not in path.strip("/") and UNUSED_ID in str(query.get("prefix", ""))


def remove_unreferenced(folder: Path, buckets: set[tuple[str, str]]) -> int:
    """Deletes files without an object: of deleted buckets, without their counterpart, and unfinished ones."""
    found = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    unreferenced = [path for path in found if not is_referenced(path, folder, buckets)]
    for path in unreferenced:
        path.unlink()
    for path in sorted(folder.rglob("*"), reverse=True) if folder.is_dir() else []:
        if path.is_dir() and not any(path.iterdir()) and len(path.relative_to(folder).parts) > 2:
            path.rmdir()
    return len(unreferenced)


DESCRIPTION_SUFFIX = ".meta.json"


def is_referenced(path: Path, folder: Path, buckets: set[tuple[str, str]]) -> bool:
    parts = path.relative_to(folder).parts
    if len(parts) < 3 or parts[:2] not in buckets or path.suffix == ".tmp":
        return False
    name = path.name
    other = name.removesuffix(DESCRIPTION_SUFFIX) if name.endswith(DESCRIPTION_SUFFIX) else name + DESCRIPTION_SUFFIX
    return path.with_name(other).is_file()
