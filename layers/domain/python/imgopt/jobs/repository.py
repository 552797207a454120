"""Jobs: `JOB#<job id>` in the table.

A job's status only moves forward, by conditional writes: repeating one changes nothing. What it costs is taken
and given back by the same transactions.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from imgopt.accounts.model import is_guest_id
from imgopt.credits import ledger, usage
from imgopt.credits.model import Balance
from imgopt.files import repository as files
from imgopt.jobs import idempotency
from imgopt.jobs.callback import Callback, CallbackStatus
from imgopt.jobs.idempotency import IdempotencyRecord
from imgopt.jobs.model import ENDED, UNFINISHED, Completion, Job, JobStatus
from imgopt.storage import due_index, executions, owned, table, transactions
from imgopt.storage.due_index import Part
from imgopt.storage.transactions import ConditionFailed, Write

KIND = "JOB"
# An expired job is still known as such, and not as one that never was.
REMEMBERED = timedelta(days=7)
EVERYTHING = sys.maxsize
# Jobs from before there were attempts are at the first.
AT_ATTEMPT = "(#attempt = :at OR attribute_not_exists(#attempt))"


def job_item(job: Job) -> table.Item:
    """Without what it has not: DynamoDB charges by the kilobyte, and most jobs keep within one."""
    part = Part.UNFINISHED if job.status in UNFINISHED else Part.EXPIRING
    known = _present(table.to_item(job, KIND, job.id, job.expires_at + REMEMBERED))
    whose = owned.owner_entry(job.owner, is_guest=is_guest_id(job.owner))
    return {**known, "options": _present(known["options"]), **whose, **due_index.entry(part, job.id)}


def _present(item: table.Item) -> table.Item:
    return {name: value for name, value in item.items() if value is not None}


def create_all(jobs: Sequence[Job], balance: Balance, call: IdempotencyRecord | None = None) -> None:
    """New jobs of one owner, who pays for them, in one transaction.

    Raises ConditionFailed where less than they cost is left, the call has been made before, or an upload is gone.
    """
    owner, now, cost = jobs[0].owner, jobs[0].created_at, sum(job.credits for job in jobs)
    original_bytes = sum(job.source_size for job in jobs)
    writes = [
        ledger.debit(owner, balance, cost),
        usage.count_usage(owner, now, jobs=len(jobs), cost=cost, original_bytes=original_bytes),
        *(transactions.create_item(job_item(job)) for job in jobs),
        *(files.count_uses(*each) for each in Counter(job.temp_file_id for job in jobs).items()),
    ]
    if call:
        writes.append(idempotency.save(call, [job.id for job in jobs], now))
    transactions.write_all(writes)


def find_all(job_ids: Sequence[str]) -> list[Job]:
    """The jobs that exist, in no particular order."""
    items = table.get_many([table.key(KIND, job_id) for job_id in set(job_ids)])
    return [table.from_item(item, Job) for item in items]


def start_execution(job: Job) -> None:
    """Of the attempt that the job is at; where it was started before, nothing happens."""
    executions.start(job.id, job.owner, job.attempt)


def note_ticket(job_id: str, ticket: int) -> Job | None:
    """The job, or None where there is none or it has ended."""
    return _change(job_id, ticket=ticket)


def begin_again(job: Job) -> Job | None:
    """The job at its next attempt; None where it has ended, or someone else was faster."""
    following = job.attempt + 1
    with suppress(ConditionFailed):
        transactions.write_all([_change_unended(job.id, {"attempt": following}, job.attempt)])
        return replace(job, attempt=following)
    return None


def mark_processing(job_id: str, now: datetime) -> Job | None:
    """The job, or None where there is none or it has ended."""
    return _change(job_id, status=JobStatus.PROCESSING, started_at=now)


def mark_completed(job_id: str, now: datetime, ending: Completion, *, refund: int = 0) -> Job | None:
    """`refund` is what the steps cost that were not taken after all."""
    changes: table.Item = {
        "status": JobStatus.COMPLETED,
        "completed_at": now,
        **_present(table.plain(ending)),
        # Functions of version 0.1 require the type: they run beside these while a deployment goes on or is rolled back.
        "result": table.plain(ending.result) | {"mime_type": ending.result.mime_type},
        **due_index.entry(Part.EXPIRING, job_id),
    }
    return _refund(job_id, refund, None, **changes) if refund else _change(job_id, **changes)


def mark_failed(job_id: str, now: datetime, message: str, *, attempt: int | None = None) -> Job | None:
    """And gives back what it cost. Returns None where there is no such job, or it has ended, or is at another attempt.

    Without an `attempt` it fails at whatever attempt it is.
    """
    return _refund(job_id, EVERYTHING, attempt, **_failure(job_id, now, message))


def mark_canceled(job_id: str, now: datetime, message: str) -> Job | None:
    """The same for its owner's wish: what has begun, be it meanwhile, computes on, and is paid."""
    failure = _failure(job_id, now, message)
    waited = _refund(job_id, EVERYTHING, None, statuses=(JobStatus.QUEUED,), **failure)
    return waited or _refund(job_id, 0, None, **failure)


def forget(job_id: str) -> Write:
    """Refused where there is no such job."""
    return transactions.delete_known(table.key(KIND, job_id))


def note_callback(job_id: str, callback: Callback) -> None:
    """Where a message came twice at once, what was delivered stays so, and an attempt is noted once."""
    where, values = _while_in(ENDED)
    if callback.status is not CallbackStatus.DELIVERED:
        where += " AND (attribute_not_exists(#callback) OR (#callback.#status = :pending AND #callback.#attempts < :n))"
        values |= {"pending": CallbackStatus.PENDING, "n": callback.attempts}
    sets = {"callback": table.plain(callback)}
    change = transactions.change_item(table.key(KIND, job_id), sets=sets, where=where, values=values)
    with suppress(ConditionFailed):
        transactions.write_all([change])


def _failure(job_id: str, now: datetime, message: str) -> table.Item:
    failed = {"status": JobStatus.FAILED, "completed_at": now, "error_message": message}
    return {**failed, **due_index.entry(Part.EXPIRING, job_id)}


def _change(job_id: str, **changes: object) -> Job | None:
    item = table.update(table.key(KIND, job_id), _plain(changes), while_status_in=UNFINISHED)
    return table.from_item(item, Job) if item else None


def _refund(
    job_id: str, most: int, attempt: int | None, *, statuses: Sequence[JobStatus] = UNFINISHED, **changes: object
) -> Job | None:
    """Ends a job and gives back what it cost, but no more than `most`, all at once; None where it has another status.

    The credits go with the status: that has to be one of these when it is written.
    """
    item = table.get(table.key(KIND, job_id))
    if item is None or item["status"] not in statuses:
        return None
    job = table.from_item(item, Job)
    refund = min(most, job.credits)
    ended = _plain({**changes, "refunded": refund})
    failed_jobs = int(changes["status"] is JobStatus.FAILED)
    counted = usage.correct(job.owner, job.created_at, refund=refund, failed_jobs=failed_jobs)
    given_back = ledger.give_back(job.owner, job.credit_period, refund)
    end = _change_unended(job_id, ended, attempt, statuses)
    # The second one is for periods that are long over, the last one for jobs from before there were credits.
    attempts = ([end, counted, given_back], [end, counted]) if job.credit_period else ([end],)
    for writes in attempts:
        with suppress(ConditionFailed):
            transactions.write_all(writes)
            return table.from_item({**item, **ended}, Job)
    return None


def _change_unended(
    job_id: str, changes: table.Item, attempt: int | None, statuses: Sequence[JobStatus] = UNFINISHED
) -> Write:
    where, values = _while_in(statuses)
    if attempt is not None:
        where, values = f"{where} AND {AT_ATTEMPT}", {**values, "at": attempt}
    return transactions.change_item(table.key(KIND, job_id), sets=changes, where=where, values=values)


def _while_in(statuses: Sequence[JobStatus]) -> tuple[str, dict[str, object]]:
    """A condition on a job's status, and its values."""
    return f"#status IN ({', '.join(f':{each.name}' for each in statuses)})", {each.name: each for each in statuses}


def _plain(changes: dict[str, object]) -> table.Item:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in changes.items()}
