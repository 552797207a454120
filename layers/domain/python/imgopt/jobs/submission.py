"""Submitting jobs: what a call asks is checked against all that is known, before anything is written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from imgopt import clock
from imgopt.accounts.lifetimes import lifetime_of
from imgopt.accounts.model import Credential, Principal
from imgopt.credits import service as accounting
from imgopt.credits.cost import cost_of
from imgopt.credits.model import Balance
from imgopt.errors import InvalidRequest, NotFound, OutOfCredits, RateLimited, Unfetchable
from imgopt.files import service as files
from imgopt.files.model import TempFile
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, check_image, steps_for
from imgopt.jobs import idempotency, slots
from imgopt.jobs.acceptance import Accepted, Submission, accept, find_accepted, find_earlier, new_jobs, resume_accepted
from imgopt.jobs.idempotency import IdempotencyRecord
from imgopt.payments import offers
from imgopt.quotas import guests
from imgopt.quotas import service as quotas
from imgopt.quotas.rules import FAILED_JOBS
from imgopt.quotas.service import QuotaStatus
from imgopt.safe_http.destinations import check_url
from imgopt.settings import settings
from imgopt.storage import lookups
from imgopt.tagging.availability import check_available

if TYPE_CHECKING:
    from imgopt.payments.model import Tender


@dataclass(frozen=True)
class Known:
    """What a call finds at its time: how much its principal has left, the jobs that came of it before, the uploads by
    id, the ids of jobs that have slots, and how many have failed.
    """

    at: datetime
    balance: Balance
    job_ids: list[str]
    uploads: Mapping[str, TempFile]
    slots: frozenset[str]
    failures: QuotaStatus


def submit(  # noqa: PLR0913 - what a request has
    principal: Principal | None,
    temp_file_ids: Sequence[str],
    options: ProcessingSettings,
    entry_point: str,
    key: str | None = None,
    *,
    tender: "Tender | None" = None,
) -> Accepted:
    """Creates one job per upload and charges for them, all or none, and starts them.

    What was asked before under the same key has the same jobs, which cost nothing more; without a key, the payment
    that is tendered is one. Raises InvalidRequest, TooLarge, NotFound, Expired, NotConfigured, OutOfCredits or
    RateLimited before anything is written, and before that is paid for.
    """
    check_batch(temp_file_ids)
    if principal is None:
        raise NotFound("Temp file not found. Upload it first, and send the session token that this answers.")
    now, call = clock.now(), describe_call(principal, temp_file_ids, options, entry_point, key, tender)
    known = read_known(principal, temp_file_ids, call, now)
    if known.job_ids:
        return resume_paid(find_accepted(principal, known.job_ids, now), tender)
    uploads = check_uploads(principal, temp_file_ids, options, known.uploads)
    cost = cost_of_all(uploads, options)
    # The call may have taken what is missing after it was looked for, or while it was paid for.
    if cost > known.balance.remaining and (earlier := find_earlier(principal, call, now)):
        return resume_paid(earlier, tender)
    try:
        balance = afford(principal, known, cost, tender)
    except OutOfCredits:
        if earlier := find_earlier(principal, call, now):
            return resume_paid(earlier, tender)
        raise
    call_id = str(uuid4()) if len(temp_file_ids) > 1 else None
    expires_at = now + lifetime_of(principal.tier)
    submission = Submission(options, entry_point, balance.period.name, now, expires_at, call_id)
    return accept(principal, new_jobs(submission, uploads, known.slots), balance, call)


def describe_call(  # noqa: PLR0913, PLR0917 - what a request has
    principal: Principal,
    temp_file_ids: Sequence[str],
    options: ProcessingSettings,
    entry_point: str,
    key: str | None,
    tender: "Tender | None" = None,
) -> IdempotencyRecord | None:
    """The call to be remembered, where it has a key, or comes with a payment."""
    # A setting that a later release adds makes no other request of what was sent before it.
    wanted = options.model_dump(mode="json", exclude_defaults=True)
    asked = [entry_point, list(temp_file_ids), wanted]
    known_by = key or payment_key(tender, asked)
    return idempotency.record_of(caller_of(principal), known_by, asked) if known_by else None


def payment_key(tender: "Tender | None", asked: object) -> str:
    """The key of a payment with its request. It has a space, so that no client's key equals it."""
    return f"x402 {tender.authorization.id} {json.dumps(asked)}" if tender and tender.authorization else ""


def caller_of(principal: Principal) -> str:
    """The principal whose idempotency keys count. Knowing an upload's id gives no access to its owner's calls."""
    return f"{principal.id}#{principal.credential}" if principal.credential is Credential.UPLOAD else principal.id


def read_known(
    principal: Principal, temp_file_ids: Sequence[str], call: IdempotencyRecord | None, now: datetime
) -> Known:
    """All that has to be known, by one request. Raises InvalidRequest where the key was another call's."""
    balance, job_ids = accounting.lookup(principal, now), idempotency.lookup(call, now)
    uploads, taken = files.lookup(temp_file_ids), slots.lookup(principal.id)
    failures = quotas.lookup(FAILED_JOBS, principal.id, principal.tier)
    found = lookups.read_all(balance, job_ids, uploads, taken, failures)
    return Known(
        at=now,
        balance=balance.take(found),
        job_ids=job_ids.take(found),
        uploads=uploads.take(found),
        slots=taken.take(found),
        failures=failures.take(found),
    )


def afford(principal: Principal, known: Known, cost: int, tender: "Tender | None") -> Balance:
    """What the call is paid from: what is left, with what was bought by the payment that came, if it is needed.

    Raises OutOfCredits, or RateLimited where too many jobs have failed, or guests have had enough and can't pay.
    """
    quotas.admit(known.failures)
    try:
        return pay_from(known.balance, principal, known.at, cost, tender)
    except RateLimited:
        if not offers.is_offered():
            raise
    return pay_from(known.balance.without_period(), principal, known.at, cost, tender)


def pay_from(balance: Balance, principal: Principal, now: datetime, cost: int, tender: "Tender | None") -> Balance:
    """The same of a balance, with what was bought in addition. Raises RateLimited where guests have had enough."""
    count = partial(count_guest, principal, balance, cost)
    if tender is None or cost <= balance.remaining:
        accounting.check_balance(balance, cost)
        count()
        return balance
    from imgopt.payments import service as payments  # most installations take none

    if payments.buy(tender, principal.id, needed=cost - balance.remaining, most=cost, admit=count):
        balance = replace(balance, purchased=accounting.balance(principal, now).purchased)
    accounting.check_balance(balance, cost, tender.fault)
    return balance


def count_guest(principal: Principal, balance: Balance, cost: int) -> None:
    """What was bought is nobody's share."""
    if principal.is_guest:
        guests.count_credits(principal.networks, balance.of_period(cost))


def resume_paid(accepted: Accepted, tender: "Tender | None") -> Accepted:
    if tender:
        from imgopt.payments import service as payments

        payments.recall(tender, accepted.jobs[0].owner)
    return resume_accepted(accepted)


def cost_of_all(uploads: Sequence[TempFile], options: ProcessingSettings) -> int:
    return sum(cost_of(upload.image, options) for upload in uploads)


def find_payer(temp_file_ids: Sequence[str]) -> Principal:
    """The guest who pays for a call without any credential. Raises InvalidRequest or NotFound."""
    check_batch(temp_file_ids)
    return files.find_uploading_guest(temp_file_ids)


def check_uploads(
    principal: Principal, temp_file_ids: Sequence[str], options: ProcessingSettings, found: Mapping[str, TempFile]
) -> list[TempFile]:
    """The principal's own, where what is asked can be done with all of them."""
    if options.callback_url is not None:
        check_callback(options.callback_url)
    if Step.TAG in steps_for(options):
        check_available()
    uploads = files.check_owned(principal, temp_file_ids, found)
    for upload in uploads:
        check_image(upload.image, options)
    return uploads


def check_callback(url: str) -> None:
    """Raises InvalidRequest: it is one of the settings."""
    try:
        check_url(url)
    except Unfetchable as error:
        raise InvalidRequest(f"callback_url: {error}") from error


def check_batch(temp_file_ids: Sequence[str]) -> None:
    limit = settings().max_batch_files
    if not 0 < len(temp_file_ids) <= limit:
        raise InvalidRequest(f"Send 1 to {limit} temp_file_ids in one call, not {len(temp_file_ids)}.")
