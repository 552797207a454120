"""Uploads: `FILE#<temp file id>` in the table, `uploads/<temp file id>` in the uploads bucket."""

from collections.abc import Sequence
from typing import BinaryIO

from imgopt.files.model import TempFile
from imgopt.settings import settings
from imgopt.storage import objects, table

KIND = "FILE"


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


def read(key: str) -> bytes:
    return objects.read(settings().uploads_bucket, key)
