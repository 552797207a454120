"""Removes orphans: files without a record, and records without a file.

Both remain where the answer to a write was lost, so that later steps were never made. Each run lists a part of the
buckets from a random place, so that several runs cover everything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from imgopt import clock
from imgopt.accounts.lifetimes import removal_delay
from imgopt.files import repository as files
from imgopt.jobs import repository as jobs
from imgopt.jobs.model import JobStatus
from imgopt.retention.removal import INTERMEDIATES
from imgopt.settings import settings
from imgopt.storage import due_index, objects, table
from imgopt.storage.due_index import Part
from imgopt.storage.table import Item
from imgopt.telemetry import logger, reference_of

# Pages of 1,000 files, for each folder in one run.
MOST_PAGES = 5
# Records are written seconds after their files. A file is old enough after the first time, and every record is checked
# in two of the hourly runs.
ORPHAN_AGE, LOOKED_AT = timedelta(hours=1), timedelta(hours=2)
UUID_LENGTH = 36
IsOver = Callable[[], bool]
IsNamed = Callable[[str, Item], bool]
# For each folder of a bucket: the kind of the record, and whether a record names a file.
SEARCHED_FOLDERS: tuple[tuple[str, str, str, IsNamed], ...] = (
    ("uploads_bucket", files.upload_key(""), files.KIND, lambda key, record: record["key"] == key),
    ("uploads_bucket", files.incoming_key(""), files.AWAITED, lambda key, record: record["key"] == key),
    ("results_bucket", "results/", jobs.KIND, lambda _, record: record["status"] != JobStatus.EXPIRED),
    ("results_bucket", INTERMEDIATES, jobs.KIND, lambda _, record: record["status"] != JobStatus.EXPIRED),
)


def sweep(is_over: IsOver) -> int:
    """Removes orphans until `is_over`; returns the number of removed files."""
    before = clock.now() - max(ORPHAN_AGE, removal_delay())
    removed = 0
    for bucket, folder, kind, is_named in SEARCHED_FOLDERS:
        name = getattr(settings(), bucket)
        for keys in _find_pages(name, folder, before):
            if is_over():
                return removed
            removed += _remove_all(name, _nameless(keys, kind, folder, is_named))
    _forget_hollow(is_over)
    return removed


def _find_pages(bucket: str, folder: str, before: datetime) -> Iterator[list[str]]:
    """Yields pages of keys from a random place to the end, and then from the beginning."""
    look = partial(objects.find_pages, bucket, folder, before=before)
    for number, keys in enumerate(look(after=f"{folder}{uuid4()}")):
        if number >= MOST_PAGES:
            return
        yield keys
    for number, keys in enumerate(look(after="")):
        if number >= MOST_PAGES:
            return
        yield keys


def _nameless(keys: Iterable[str], kind: str, folder: str, is_named: IsNamed) -> Iterator[str]:
    by_id: Mapping[str, str] = {key: key.removeprefix(folder)[:UUID_LENGTH] for key in keys}
    records = {each["pk"]: each for each in table.get_many([table.key(kind, each) for each in set(by_id.values())])}
    for key, identifier in by_id.items():
        record = records.get(f"{kind}#{identifier}")
        if record is None or not is_named(key, record):
            yield key


def _remove_all(bucket: str, keys: Iterable[str]) -> int:
    gone = list(keys)
    for key in gone:
        objects.delete(bucket, key)
        folder, _, name = key.partition("/")
        known = {"folder": folder, "reference": reference_of(name[:UUID_LENGTH])}
        logger.warning("file that no record names", extra=known)
    return len(gone)


def _forget_hollow(is_over: IsOver) -> None:
    """Removes recent uploads of which only the record exists."""
    latest = clock.now() + timedelta(seconds=settings().upload_lifetime + 1)  # the due index has whole seconds
    for page in due_index.find_due_pages(Part.EXPIRING, latest, latest - LOOKED_AT):
        for item_key in page:
            if is_over():
                return
            if item_key["sk"] == files.KIND:
                _forget_if_hollow(item_key)


def _forget_if_hollow(item_key: Item) -> None:
    record = table.get(item_key)
    if record is None:
        return
    if objects.is_stored(settings().uploads_bucket, record["key"]):
        return
    if table.delete_unchanged(item_key, "key", record["key"]):
        logger.warning("record of a file that is not there", extra={"reference": reference_of(record["id"])})
