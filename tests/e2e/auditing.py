"""Tools for attacks on the ledger: concurrent callers, and a check of the sums afterwards."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from imgopt import clock
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.codecs.format import ImageHeader
from imgopt.errors import OutOfCredits
from imgopt.files.model import TempFile
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step
from imgopt.jobs import repository, submission
from imgopt.jobs.acceptance import Accepted
from imgopt.jobs.model import Completion, Job
from imgopt.settings import settings
from imgopt.storage import attributes, clients, table

THREADS = 16
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
IMAGE = ImageHeader("png", "image/png", 9, 9)
RESULT = Artifact("png", 9, 9, "oxipng", 80, key="results/a.png", size=9)
ENDING = Completion((Step.COMPRESS,), RESULT)


def new_guest() -> Principal:
    return Principal(f"guest-{uuid4()}", Tier.UNREGISTERED, Credential.SESSION)


def add_upload(owner: Principal) -> str:
    """Adds the record of an upload. The tests need no file for it."""
    upload_id, ends = str(uuid4()), clock.now() + timedelta(days=9999)
    upload = TempFile(upload_id, owner.id, "a.png", "uploads/a", 100, IMAGE, NOON, ends)
    table.put(table.to_item(upload, "FILE", upload_id, ends))
    return upload_id


def submit(owner: Principal, upload_ids: list[str], key: str | None = None, **options: object) -> Accepted:
    return submission.submit(owner, upload_ids, ProcessingSettings(**options), "auto", key)


def try_to_submit(owner: Principal, upload_ids: list[str], **options: object) -> int:
    """The credits that were taken."""
    try:
        return submit(owner, upload_ids, **options).credits_used
    except OutOfCredits:
        return 0


def at_once(*work: Callable[[], object]) -> list:
    with ThreadPoolExecutor(THREADS) as pool:
        return [each.result() for each in [pool.submit(each) for each in work]]


def jobs_of(owner: Principal) -> list[Job]:
    """Finds an owner's jobs by a scan of the whole table, and not by their ids."""
    request = {
        "TableName": settings().table_name,
        "FilterExpression": "sk = :kind AND #owner = :owner",
        "ExpressionAttributeNames": {"#owner": "owner"},
        "ExpressionAttributeValues": attributes.marshal({":kind": repository.KIND, ":owner": owner.id}),
    }
    pages = clients.dynamodb().get_paginator("scan").paginate(**request)
    return [table.from_item(attributes.unmarshal(item), Job) for page in pages for item in page["Items"]]


def audit(owner: Principal) -> dict[str, int]:
    """Returns the used credits by period. Asserts that they, and a user's usage by day, follow from the jobs."""
    periods, days, numbers = Counter(), Counter(), Counter()
    for job in jobs_of(owner):
        day = job.created_at.date().isoformat()
        periods[job.credit_period] += job.credits_used
        days[day] += job.credits_used
        numbers[day] += 1
    ledger = {item["sk"]: int(item["used"]) for item in table.query(f"CREDITS#{owner.id}", "0", "~")}
    usage = {item["sk"]: item for item in table.query(f"USAGE#{owner.id}", "0", "~")}
    assert min(ledger.values(), default=0) >= 0
    assert +Counter(ledger) == +periods
    if owner.is_guest:
        assert not usage
    else:
        assert {day: int(item["credits"]) for day, item in usage.items()} == dict(days)
        assert {day: int(item["jobs"]) for day, item in usage.items()} == dict(numbers)
    return ledger


def reconcile(owner: Principal) -> None:
    """Fails all jobs of the owner, as `reconcile` does with jobs that no process works on."""
    for job in jobs_of(owner):
        repository.mark_failed(job.id, clock.now(), "Lost.")
