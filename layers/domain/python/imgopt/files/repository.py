"""Uploads: `FILE#<temp file id>` in the table, `uploads/<temp file id>` in the uploads bucket.

What clients send to S3 themselves is awaited as `AWAITED#<id>`, arrives at `incoming/<id>` and becomes an upload there
and then, once it has been checked.
"""

from collections.abc import Sequence
from typing import BinaryIO

from imgopt.files.model import AwaitedUpload, PresignedPost, TempFile
from imgopt.settings import settings
from imgopt.storage import objects, table

KIND, AWAITED = "FILE", "AWAITED"


def upload_key(temp_file_id: str) -> str:
    return f"uploads/{temp_file_id}"


def add(file: TempFile, content: BinaryIO) -> None:
    """Stores the bytes, then the record; bytes whose record can't be written are removed again."""
    bucket = settings().uploads_bucket
    objects.upload(bucket, file.key, content, file.image.mime_type)
    try:
        table.put(table.to_item(file, KIND, file.id, file.expires_at))
    except Exception:
        objects.delete(bucket, file.key)
        raise


def find_all(temp_file_ids: Sequence[str]) -> dict[str, TempFile]:
    """The uploads that exist, by id."""
    keys = [table.key(KIND, temp_file_id) for temp_file_id in set(temp_file_ids)]
    files = [table.from_item(item, TempFile) for item in table.get_many(keys)]
    return {file.id: file for file in files}


def incoming_key(upload_id: str) -> str:
    return f"incoming/{upload_id}"


def add_awaited(upload: AwaitedUpload) -> None:
    table.put(table.to_item(upload, AWAITED, upload.id, upload.expires_at))


def find_awaited(upload_id: str) -> AwaitedUpload | None:
    item = table.get(table.key(AWAITED, upload_id))
    return table.from_item(item, AwaitedUpload) if item else None


def presign(upload: AwaitedUpload, seconds: int) -> PresignedPost:
    url, fields = objects.presign_upload(
        settings().uploads_bucket, upload.key, content_type=upload.content_type, size=upload.size, seconds=seconds
    )
    return PresignedPost(url, fields)


def download_incoming(upload: AwaitedUpload, file: BinaryIO) -> None:
    objects.download(settings().uploads_bucket, upload.key, file)


def forget_awaited(upload: AwaitedUpload) -> None:
    """With what has arrived."""
    objects.delete(settings().uploads_bucket, upload.key)
    table.delete(table.key(AWAITED, upload.id))


def read(key: str) -> bytes:
    return objects.read(settings().uploads_bucket, key)
