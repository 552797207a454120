"""Jobs in the table: `JOB#<job id>`.

A job's status only moves forward, by conditional writes, so that writes can be repeated. Its credits are charged and
refunded in the same transactions.
"""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from imgopt.accounts.model import is_guest_id
from imgopt.credits import ledger, usage
from imgopt.credits.model import Balance
from imgopt.files import repository as files
from imgopt.imaging.artifact import Artifact
from imgopt.jobs import idempotency
from imgopt.jobs.callback import Callback, CallbackStatus
from imgopt.jobs.idempotency import IdempotencyRecord
from imgopt.jobs.model import ENDED, UNFINISHED, Completion, Job, JobStatus, Refund
from imgopt.storage import attributes, due_index, executions, owned, table, transactions
from imgopt.storage.due_index import Part
from imgopt.storage.transactions import ConditionFailed, Write

KIND = "JOB"
# After its expiry a job is kept for this long, so that clients learn that it has expired.
TTL = timedelta(days=7)
EVERYTHING = sys.maxsize
# Jobs of versions without `attempt` are at their first attempt.
AT_ATTEMPT = "(#attempt = :at OR attribute_not_exists(#attempt))"
IS_FREE = "(attribute_not_exists(#held_by) OR #held_by IN (:nobody, :holder))"
AS_SEEN = (
    "(#dispatched_at = :dispatched OR attribute_not_exists(#dispatched_at))"
    " AND (#held_by = :seen_with OR attribute_not_exists(#held_by))"
)
NO_HOLDER = ""
Condition = tuple[str, dict[str, object]]


def job_item(job: Job) -> table.Item:
    """The job's item without default values: DynamoDB charges by the kilobyte, and most jobs fit into one."""
    part = Part.UNFINISHED if job.status in UNFINISHED else Part.EXPIRING
    stored = table.to_item(job, KIND, job.id, job.expires_at + TTL, exclude_defaults=True)
    # in the form in which `renew_dispatch` compares it
    known = {**stored, **_present(_plain({"dispatched_at": job.dispatched_at}))}
    whose = owned.owner_entry(job.owner, is_guest=is_guest_id(job.owner))
    return {**known, **whose, **due_index.entry(part, job.id)}


def _present(item: table.Item) -> table.Item:
    return {name: value for name, value in item.items() if value is not None}


def create_all(jobs: Sequence[Job], balance: Balance, call: IdempotencyRecord | None = None) -> None:
    """Creates the jobs of one owner and charges them, in one transaction. Their uploads' uses are counted before it.

    Raises ConditionFailed where the balance is too small, the idempotency key is in use, or an upload is gone.
    """
    owner, now, cost = jobs[0].owner, jobs[0].created_at, sum(job.credits for job in jobs)
    original_bytes = sum(job.source_size for job in jobs)
    writes = [
        *ledger.debit_all(owner, balance, cost, sum(job.purchased_credits for job in jobs)),
        *usage.count_usage(owner, now, jobs=len(jobs), cost=cost, original_bytes=original_bytes),
        *(transactions.create_item(job_item(job)) for job in jobs),
    ]
    if call:
        writes.append(idempotency.save(call, [job.id for job in jobs], now))
    uses = Counter(job.temp_file_id for job in jobs)
    files.add_uses(uses)
    try:
        transactions.write_all(writes)
    except ConditionFailed:
        files.drop_uses(uses)
        raise


def find_all(job_ids: Sequence[str]) -> list[Job]:
    """The jobs that exist, in no particular order."""
    items = table.get_many([table.key(KIND, job_id) for job_id in set(job_ids)])
    return [table.from_item(item, Job) for item in items]


def start_execution(job: Job) -> None:
    """Starts the execution of the job's current attempt. Does nothing where that attempt has one."""
    executions.start(job.id, job.owner, job.attempt, express=job.express)


def note_ticket(job_id: str, ticket: int, dispatched_at: datetime | None) -> Job | None:
    """Sets a job's ticket, or 0 where it has to wait. Returns the job; None where it doesn't exist or has ended."""
    return _change(job_id, _while_in(UNFINISHED), ticket=ticket, dispatched_at=dispatched_at)


def begin_next_attempt(job: Job, dispatched_at: datetime | None) -> Job | None:
    """Begins the job's next attempt. Returns None where the job has ended, or was changed by another process."""
    return _take_away(job, replace(job, attempt=job.attempt + 1, dispatched_at=dispatched_at, held_by=NO_HOLDER))


def renew_dispatch(job: Job, dispatched_at: datetime | None) -> Job | None:
    """Begins the present attempt again. Of several processes that read the same state of the job, one succeeds."""
    return _take_away(job, replace(job, dispatched_at=dispatched_at, held_by=NO_HOLDER))


def _take_away(seen: Job, job: Job) -> Job | None:
    """Writes `job` and returns it where the stored job still equals `seen`; otherwise returns None."""
    where, values = _while_in(UNFINISHED, seen.attempt)
    changes = {"attempt": job.attempt, "dispatched_at": job.dispatched_at, "held_by": job.held_by}
    change = transactions.change_item(
        table.key(KIND, job.id),
        sets=_plain(changes),
        where=f"{where} AND {AS_SEEN}",
        values={**values, **_plain({"dispatched": seen.dispatched_at, "seen_with": seen.held_by})},
    )
    with suppress(ConditionFailed):
        transactions.write_all([change])
        return job
    return None


def mark_processing(job_id: str, now: datetime, *, attempt: int | None = None, holder: str = NO_HOLDER) -> Job | None:
    """Marks a job as processing by an execution, and returns it.

    Returns None where the job doesn't exist, has ended, is at another attempt, or belongs to another execution.
    """
    free = _unless_taken(_while_in(UNFINISHED, attempt), holder)
    taken = {"held_by": holder} if holder else {}
    return _change(job_id, free, status=JobStatus.PROCESSING, started_at=now, **taken)


def mark_completed(job_id: str, now: datetime, ending: Completion, *, refund: int = 0) -> Job | None:
    """Marks a job as completed. `refund` is the price of its steps that were not executed."""
    changes: table.Item = {
        "status": JobStatus.COMPLETED,
        "completed_at": now,
        **attributes.plain(ending, exclude_defaults=True),
        "result": _result_item(ending.result),
        **due_index.entry(Part.EXPIRING, job_id),
    }
    return _refund(job_id, refund, None, **changes) if refund else _change(job_id, _while_in(UNFINISHED), **changes)


def _result_item(result: Artifact) -> table.Item:
    """Adds the fields that functions of version 0.1 require: both versions run during a deployment or a rollback."""
    required = {"mime_type": result.mime_type, "original_returned": result.original_returned}
    return {**attributes.plain(result, exclude_defaults=True), **required}


def mark_failed(
    job_id: str, now: datetime, message: str, *, attempt: int | None = None, holder: str = NO_HOLDER
) -> Job | None:
    """Ends the job and refunds its cost. Returns None where it doesn't exist, has ended, or is at another attempt.

    Without an `attempt` any attempt fails. With a `holder` it only fails where no other execution has the job.
    """
    return _refund(job_id, EVERYTHING, attempt, holder=holder, **_failure(job_id, now, message))


def mark_canceled(job_id: str, now: datetime, message: str) -> Job | None:
    """Ends a queued job at its owner's request and refunds it. A job that has begun continues, and stays charged."""
    failure = _failure(job_id, now, message)
    waited = _refund(job_id, EVERYTHING, None, statuses=(JobStatus.QUEUED,), **failure)
    return waited or _refund(job_id, 0, None, **failure)


def forget(job_id: str) -> Write:
    """Returns the write that deletes a job. It fails where there is no such job."""
    return transactions.delete_known(table.key(KIND, job_id))


def note_callback(job_id: str, callback: Callback) -> None:
    """Records the outcome of an attempt to deliver the callback. A duplicate can't overwrite a delivered one."""
    where, values = _while_in(ENDED)
    if callback.status is not CallbackStatus.DELIVERED:
        where += " AND (attribute_not_exists(#callback) OR (#callback.#status = :pending AND #callback.#attempts < :n))"
        values |= {"pending": CallbackStatus.PENDING, "n": callback.attempts}
    sets = {"callback": attributes.plain(callback)}
    change = transactions.change_item(table.key(KIND, job_id), sets=sets, where=where, values=values)
    with suppress(ConditionFailed):
        transactions.write_all([change])


def _failure(job_id: str, now: datetime, message: str) -> table.Item:
    failed = {"status": JobStatus.FAILED, "completed_at": now, "error_message": message}
    return {**failed, **due_index.entry(Part.EXPIRING, job_id)}


def _change(job_id: str, condition: Condition, **changes: object) -> Job | None:
    where, values = condition
    item = table.update(table.key(KIND, job_id), _plain(changes), where=where, values=values)
    return table.from_item(item, Job) if item else None


def _refund(
    job_id: str,
    most: int,
    attempt: int | None,
    *,
    statuses: Sequence[JobStatus] = UNFINISHED,
    holder: str = NO_HOLDER,
    **changes: object,
) -> Job | None:
    """Ends a job and refunds its cost, at most `most` credits, in one transaction.

    The job must have one of `statuses` when that is written; otherwise None is returned.
    """
    item = table.get(table.key(KIND, job_id))
    if item is None or item["status"] not in statuses:
        return None
    job = table.from_item(item, Job)
    refund = job.refund_of(most)
    ended = _plain({**changes, "refunded": refund.amount})
    failed_jobs = int(changes["status"] is JobStatus.FAILED)
    counted = usage.correct(job.owner, job.created_at, refund=refund.amount, failed_jobs=failed_jobs)
    where, values = _unless_taken(_while_in(statuses, attempt), holder)
    end = transactions.change_item(table.key(KIND, job_id), sets=ended, where=where, values=values)
    for given_back in _ways_to_refund(job, refund):
        with suppress(ConditionFailed):
            transactions.write_all([end, *(counted if job.credit_period else ()), *given_back])
            return table.from_item({**item, **ended}, Job)
    return None


def _ways_to_refund(job: Job, refund: Refund) -> Sequence[Sequence[Write]]:
    """Returns alternative transactions; the first that succeeds counts.

    The second one is for periods whose item has expired. Jobs of versions without credits are not refunded.
    """
    if not job.credit_period:
        return ([],)
    purchased = [ledger.give_back(job.owner, ledger.PURCHASED, refund.of_purchased)] if refund.of_purchased else []
    return [ledger.give_back(job.owner, job.credit_period, refund.of_period), *purchased], purchased


def _unless_taken(condition: Condition, holder: str) -> Condition:
    """Adds to a condition that no other execution has the job. Executions of versions without holders name none."""
    where, values = condition
    return (f"{where} AND {IS_FREE}", {**values, "nobody": NO_HOLDER, "holder": holder}) if holder else condition


def _while_in(statuses: Sequence[JobStatus], attempt: int | None = None) -> Condition:
    """Returns a condition on a job's status, and on its attempt where one is given, with the condition's values."""
    where = f"#status IN ({', '.join(f':{each.name}' for each in statuses)})"
    values: dict[str, object] = {each.name: each for each in statuses}
    return (where, values) if attempt is None else (f"{where} AND {AT_ATTEMPT}", {**values, "at": attempt})


def _plain(changes: Mapping[str, object]) -> table.Item:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in changes.items()}
