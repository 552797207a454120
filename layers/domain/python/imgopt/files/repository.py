"""Uploads: `FILE#<temp file id>` in the table, `uploads/<temp file id>.<anything>` in the uploads bucket.

A direct upload is `AWAITED#<id>` in the table, arrives at `incoming/<id>`, and becomes an upload after the check.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from secrets import token_hex
from typing import BinaryIO

from imgopt.accounts.model import is_guest_id
from imgopt.concurrency import run_all
from imgopt.errors import NotFound, Unavailable
from imgopt.files.model import AwaitedUpload, PresignedPost, TempFile
from imgopt.settings import settings
from imgopt.storage import counters, due_index, objects, owned, table, transactions
from imgopt.storage.due_index import Part
from imgopt.storage.lookups import Lookup
from imgopt.storage.parts import Size
from imgopt.storage.transactions import ConditionFailed, Write

KIND, AWAITED = "FILE", "AWAITED"
TTL = timedelta(days=1)


def upload_key(temp_file_id: str) -> str:
    return f"uploads/{temp_file_id}"


def new_key(temp_file_id: str) -> str:
    """Returns a new key each time, so that two processes that store the same upload don't overwrite each
    other's file.
    """
    return f"{upload_key(temp_file_id)}.{token_hex(4)}"


def add(file: TempFile, content: BinaryIO) -> TempFile:
    """Stores the bytes, then the record. Bytes without a record are removed, here or by the cleanup.

    Returns the existing upload where another call was faster. Raises NotFound where that has been deleted already.
    """
    try:
        objects.upload(settings().uploads_bucket, file.key, content, file.image.mime_type)
    except Unavailable:
        _forget_bytes(file)
        raise
    known = _add_record(file)
    if known is None or known.key != file.key:
        _forget_bytes(file)
    if known is None:
        raise NotFound("The upload has been deleted. Upload the file again.")
    return known


def _add_record(file: TempFile) -> TempFile | None:
    """Adds the record and returns the present one. Where no answer arrives, the bytes are kept unless the record is
    missing.
    """
    try:
        if table.put_new(_to_item(file, KIND)):
            return file
    except Unavailable:
        known = find_all([file.id]).get(file.id)
        if known:
            return known
        _forget_bytes(file)
        raise
    except Exception:
        _forget_bytes(file)
        raise
    return find_all([file.id]).get(file.id)


def _forget_bytes(file: TempFile) -> None:
    with suppress(Unavailable):
        objects.delete(settings().uploads_bucket, file.key)


def add_uses(uses: Mapping[str, int]) -> None:
    """Counts the jobs that will use uploads, by id, so that these uploads aren't deleted with other jobs.

    Raises ConditionFailed, and counts nothing, where an upload is gone.
    """
    counted = run_all([partial(_count_uses, *each) for each in uses.items()])
    if not all(each.take() for each in counted):
        drop_uses({upload: jobs for (upload, jobs), each in zip(uses.items(), counted, strict=True) if each.answer})
        raise ConditionFailed


def drop_uses(uses: Mapping[str, int]) -> None:
    """Uncounts jobs that were not created. After an error, the upload is kept until it expires."""
    run_all([partial(_count_uses, upload, -jobs) for upload, jobs in uses.items()])


def _count_uses(temp_file_id: str, jobs: int) -> bool:
    """Adds to an upload's uses and returns whether it exists. An addition with a lost answer may count twice: the
    upload is kept longer then.
    """
    return counters.add_known(table.key(KIND, temp_file_id), {"uses": jobs})


def take_use(temp_file_id: str) -> Write:
    """Returns the write that uncounts one job of an upload. It fails where the upload is gone."""
    return transactions.change_item(table.key(KIND, temp_file_id), adds={"uses": -1}, where="attribute_exists(#pk)")


def forget_unused(temp_file_id: str) -> int:
    """Deletes an upload that no job uses. Returns the number of removed files, 0 where a job uses it."""
    item_key = table.key(KIND, temp_file_id)
    if not table.delete_unchanged(item_key, "uses", 0) and table.get(item_key):
        return 0
    return objects.delete_all(settings().uploads_bucket, upload_key(temp_file_id))


def find_all(temp_file_ids: Sequence[str]) -> dict[str, TempFile]:
    """Returns the uploads that exist, by id."""
    return lookup(temp_file_ids).read()


def lookup(temp_file_ids: Sequence[str]) -> Lookup[dict[str, TempFile]]:
    """Looks up the uploads that exist, by id."""
    return Lookup([table.key(KIND, each) for each in set(temp_file_ids)], _by_id)


def _by_id(items: Sequence[table.Item]) -> dict[str, TempFile]:
    files = [table.from_item(item, TempFile) for item in items]
    return {file.id: file for file in files}


def incoming_key(upload_id: str) -> str:
    return f"incoming/{upload_id}"


def add_awaited(upload: AwaitedUpload) -> None:
    table.put(_to_item(upload, AWAITED))


def find_awaited(upload_id: str) -> AwaitedUpload | None:
    item = table.get(table.key(AWAITED, upload_id))
    return table.from_item(item, AwaitedUpload) if item else None


def presign(upload: AwaitedUpload, seconds: int) -> PresignedPost:
    url, fields = objects.presign_post(
        settings().uploads_bucket, upload.key, content_type=upload.content_type, size=upload.size, seconds=seconds
    )
    return PresignedPost(url, fields)


def uploads_origin() -> str:
    """Returns the origin to which clients send direct uploads."""
    return objects.bucket_origin(settings().uploads_bucket)


def download_incoming(upload: AwaitedUpload, file: BinaryIO) -> None:
    objects.download(settings().uploads_bucket, upload.key, file)


def forget_awaited(upload: AwaitedUpload) -> None:
    """Removes a direct upload: its record, and the file that may have arrived."""
    objects.delete(settings().uploads_bucket, upload.key)
    table.delete(table.key(AWAITED, upload.id))


def read(key: str) -> bytes:
    return objects.read(settings().uploads_bucket, key)


def stream_upload(key: str, wanted: range, size: Size) -> Iterator[bytes]:
    """Yields a range of an upload's bytes in parts of `size` bytes. Raises NotFound before the first part."""
    return objects.stream(settings().uploads_bucket, key, wanted, size)


def sign_upload(key: str, *, disposition: str, seconds: int) -> str:
    return objects.presign_download(settings().uploads_bucket, key, disposition=disposition, seconds=seconds)


def _to_item(record: TempFile | AwaitedUpload, kind: str) -> table.Item:
    """Converts to an item of the due index. The cleanup removes file and record together; DynamoDB removes what it
    leaves.
    """
    item = table.to_item(record, kind, record.id, record.expires_at + TTL)
    whose = owned.owner_entry(record.owner, is_guest=is_guest_id(record.owner))
    return {**item, **whose, **due_index.entry(Part.EXPIRING, record.id)}
