"""Accepts uploads. Limits and content are checked before anything is stored."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import SEEK_END
from typing import BinaryIO
from uuid import UUID, uuid4

from imgopt import clock
from imgopt.accounts.model import Credential, Principal, is_guest_id
from imgopt.accounts.plans import Tier
from imgopt.codecs.format import ImageHeader, Limits
from imgopt.codecs.header import read_header
from imgopt.errors import Expired, InvalidImage, NotFound, TooLarge
from imgopt.files import inspection, repository
from imgopt.files.identity import id_by_content
from imgopt.files.model import TempFile
from imgopt.files.naming import clean_filename
from imgopt.files.sizes import megabytes
from imgopt.settings import settings
from imgopt.storage.lookups import Lookup


def inspect(content: BinaryIO, size: int) -> ImageHeader:
    """Returns the header that the bytes contain.

    Raises TooLarge, Unsupported or InvalidImage where they can't be processed, and Unavailable where too many files are
    being read.
    """
    check_size(size)
    if size == 0:
        raise InvalidImage("The file is empty.")
    config = settings()
    with inspection.inspection_slot():
        return read_header(content, Limits(config.max_pixels, config.max_frames, config.max_animation_pixels))


def check_size(size: int) -> None:
    limit = settings().max_upload_bytes
    if size > limit:
        raise TooLarge(f"File too large. At most {megabytes(limit)} are accepted.")


def store(
    content: BinaryIO, filename: str | None, image: ImageHeader, owner_id: str, temp_file_id: str | None = None
) -> TempFile:
    """Stores an inspected upload for `upload_lifetime` seconds, under a new id or the given one.

    Returns the existing upload where another call with the same id was faster.
    """
    now, temp_file_id = clock.now(), temp_file_id or str(uuid4())
    file = TempFile(
        id=temp_file_id,
        owner=owner_id,
        filename=clean_filename(filename, image.extension),
        key=repository.new_key(temp_file_id),
        size=content.seek(0, SEEK_END),
        image=image,
        created_at=now,
        expires_at=now + timedelta(seconds=settings().upload_lifetime),
    )
    return repository.add(file, content)


def store_once(principal: Principal, content: BinaryIO, filename: str | None, image: ImageHeader) -> TempFile:
    """Like `store`, but returns the existing upload where the principal has sent the same bytes recently."""
    temp_file_id = id_by_content(principal.id, content)
    return find(principal, temp_file_id) or store(content, filename, image, principal.id, temp_file_id)


def find(principal: Principal | None, temp_file_id: str) -> TempFile | None:
    """Returns the principal's own upload; None without one."""
    try:
        return find_owned(principal, [temp_file_id])[0]
    except NotFound:
        return None


def find_owned(principal: Principal | None, temp_file_ids: Sequence[str]) -> list[TempFile]:
    """Returns the principal's own uploads, in the order of the ids.

    Raises NotFound where one is missing or belongs to someone else, with the same message, and Expired where one has
    expired.
    """
    return check_owned(principal, temp_file_ids, lookup(temp_file_ids).read() if principal else {})


def lookup(temp_file_ids: Sequence[str]) -> Lookup[dict[str, TempFile]]:
    """Looks up the uploads that exist, of all owners, by id."""
    return repository.lookup([each for each in temp_file_ids if is_id(each)])


def check_owned(
    principal: Principal | None, temp_file_ids: Sequence[str], found: Mapping[str, TempFile]
) -> list[TempFile]:
    """Like `find_owned`, for uploads that have been looked up."""
    files = [found.get(temp_file_id) for temp_file_id in temp_file_ids]
    owned = [file for file in files if file and principal and file.owner == principal.id]
    if len(owned) < len(files):
        raise NotFound("Temp file not found. Upload it first, with the same credentials.")
    if any(file.expires_at <= clock.now() for file in owned):
        raise Expired("The upload has expired. Please upload the file again.")
    return owned


def find_uploading_guest(temp_file_ids: Sequence[str]) -> Principal:
    """Returns the guest who owns all these uploads. A client that knows an upload's id, which can't be guessed, may
    process it.

    Raises NotFound where one is missing, or belongs to a user or another guest, with the same message.
    """
    found = lookup(temp_file_ids).read()
    owners = {found[each].owner if each in found else "" for each in temp_file_ids}
    owner = owners.pop()
    if owners or not is_guest_id(owner):
        raise NotFound("Temp file not found. Upload it first, and send the session token from the answer.")
    return Principal(owner, Tier.UNREGISTERED, Credential.UPLOAD)


def is_id(text: str) -> bool:
    """Returns whether the text can be an upload's id. DynamoDB would refuse some other texts as keys with its own
    error.
    """
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
