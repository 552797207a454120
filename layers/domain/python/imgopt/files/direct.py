"""Large files, which clients send to S3 themselves: announced, sent, and then checked like any other upload."""

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
# What is wrong with a file stays so; anything else may pass, and the file must not be lost for it.
REFUSALS = (TooLarge, Unsupported, InvalidImage)


def announce_upload(
    principal: Principal, filename: str | None, size: int, content_type: str
) -> tuple[AwaitedUpload, PresignedPost]:
    """A form for a file of exactly `size` bytes, valid for `DIRECT_UPLOAD_SECONDS`; the size has been checked."""
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
    """The upload whose file has arrived; the same again where it was completed before.

    Raises NotFound, Expired or NotReady, and as `service.inspect` does: nothing is kept of a file that is refused.
    """
    known = service.find(principal, upload_id)
    if known:
        return known
    awaited = _find_awaited(principal, upload_id)
    try:
        stored = _take(awaited)
    except NotFound as error:
        raise NotReady("The file has not arrived yet.") from error
    except REFUSALS:
        _forget(awaited)
        raise
    _forget(awaited)
    return stored


def _forget(awaited: AwaitedUpload) -> None:
    """What there is to say has been found out. Cleaning up removes what could not be removed now."""
    with suppress(Unavailable):
        repository.forget_awaited(awaited)


def _find_awaited(principal: Principal | None, upload_id: str) -> AwaitedUpload:
    awaited = repository.find_awaited(upload_id) if principal and service.is_id(upload_id) else None
    if awaited is None or principal is None or awaited.owner != principal.id:
        raise NotFound("Upload not found. Ask for it first, with the same credentials.")
    if awaited.expires_at <= clock.now():
        raise Expired("The upload has expired. Please ask for another.")
    return awaited


def _take(awaited: AwaitedUpload) -> TempFile:
    """Its bytes are stored anew: those that S3 was sent can be replaced as long as the form is valid."""
    with SpooledTemporaryFile(max_size=MEBIBYTE) as spooled:
        file = cast("BinaryIO", spooled)
        repository.download_incoming(awaited, file)
        image = service.inspect(file, file.tell())
        return service.store(file, awaited.filename, image, awaited.owner, awaited.id)
