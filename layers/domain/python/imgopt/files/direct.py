"""Direct uploads of large files: clients announce them, send them to S3, and then they are checked like other
uploads.
"""

from contextlib import suppress
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from uuid import uuid4

from imgopt import clock
from imgopt.accounts.model import Principal
from imgopt.errors import Expired, InvalidImage, NotFound, NotReady, TooLarge, Unavailable, Unsupported
from imgopt.files import repository, service
from imgopt.files.model import AwaitedUpload, PresignedPost, TempFile
from imgopt.files.naming import last_part
from imgopt.units import MEBIBYTE

DIRECT_UPLOAD_SECONDS = 15 * 60
# Permanent faults of a file. Other errors may pass, and the file must not be lost because of them.
REFUSALS = (TooLarge, Unsupported, InvalidImage)


def announce_upload(
    principal: Principal, filename: str | None, size: int, content_type: str
) -> tuple[AwaitedUpload, PresignedPost]:
    """Returns a form for a file of exactly `size` bytes, valid for `DIRECT_UPLOAD_SECONDS`. The caller has checked the
    size.
    """
    now, upload_id = clock.now(), str(uuid4())
    awaited = AwaitedUpload(
        id=upload_id,
        owner=principal.id,
        filename=filename and last_part(filename),
        key=repository.incoming_key(upload_id),
        size=size,
        content_type=content_type,
        created_at=now,
        expires_at=now + timedelta(seconds=2 * DIRECT_UPLOAD_SECONDS),
    )
    repository.add_awaited(awaited)
    return awaited, repository.presign(awaited, DIRECT_UPLOAD_SECONDS)


def finish_upload(principal: Principal | None, upload_id: str) -> TempFile:
    """Returns the upload whose file has arrived. Can be repeated.

    Raises NotFound, Expired or NotReady, and the errors of `service.inspect`. A refused file is removed.
    """
    known = service.find(principal, upload_id)
    if known:
        return known
    awaited = _find_awaited(principal, upload_id)
    try:
        stored = _take(awaited)
    except NotFound as error:
        raise NotReady("The file has not arrived yet. Send it to S3 first.") from error
    except REFUSALS:
        _forget(awaited)
        raise
    _forget(awaited)
    return stored


def _forget(awaited: AwaitedUpload) -> None:
    """Removes the file and its record. Errors are ignored, because the cleanup removes what is left."""
    with suppress(Unavailable):
        repository.forget_awaited(awaited)


def _find_awaited(principal: Principal | None, upload_id: str) -> AwaitedUpload:
    awaited = repository.find_awaited(upload_id) if principal and service.is_id(upload_id) else None
    if awaited is None or principal is None or awaited.owner != principal.id:
        raise NotFound("Upload not found. Announce it first, with the same credentials.")
    if awaited.expires_at <= clock.now():
        raise Expired("The upload has expired. Please announce another one.")
    return awaited


def _take(awaited: AwaitedUpload) -> TempFile:
    """Stores a copy of the bytes, because clients can replace those in S3 while the form is valid."""
    with SpooledTemporaryFile(max_size=MEBIBYTE) as spooled:
        file = cast("BinaryIO", spooled)
        repository.download_incoming(awaited, file)
        image = service.inspect(file, file.tell())
        return service.store(file, awaited.filename, image, awaited.owner, awaited.id)
