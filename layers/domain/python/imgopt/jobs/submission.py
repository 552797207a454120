"""Submits jobs. A call is checked completely before anything is written."""

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
class CallState:
    """The stored state that a call is checked against: the balance, job ids of an earlier call under the same key,
    uploads by id, ids of jobs with slots, and the count of failed jobs.
    """

    at: datetime
    balance: Balance
    job_ids: list[str]
    uploads: Mapping[str, TempFile]
    slots: frozenset[str]
    failures: QuotaStatus


def submit(  # noqa: PLR0913 - fields of a request
    principal: Principal | None,
    temp_file_ids: Sequence[str],
    options: ProcessingSettings,
    entry_point: str,
    key: str | None = None,
    *,
    tender: "Tender | None" = None,
) -> Accepted:
    """Creates one job per upload, charges for all of them or for none, and starts them.

    A repetition under the same key returns the same jobs, and is not charged. Without a key, the tendered payment
    serves as one. Raises InvalidRequest, TooLarge, NotFound, Expired, NotConfigured, OutOfCredits or RateLimited before
    anything is written or paid.
    """
    check_batch(temp_file_ids)
    if principal is None:
        raise NotFound("Temp file not found. Upload it first, and send the session token from the answer.")
    now, call = clock.now(), describe_call(principal, temp_file_ids, options, entry_point, key, tender)
    known = read_known(principal, temp_file_ids, call, now)
    if known.job_ids:
        return resume_paid(find_accepted(principal, known.job_ids, now), tender)
    uploads = check_uploads(principal, temp_file_ids, options, known.uploads)
    cost = cost_of_all(uploads, options)
    # A repetition of this call may have taken the credits since the key was looked up, or during the payment.
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


def describe_call(  # noqa: PLR0913, PLR0917 - fields of a request
    principal: Principal,
    temp_file_ids: Sequence[str],
    options: ProcessingSettings,
    entry_point: str,
    key: str | None,
    tender: "Tender | None" = None,
) -> IdempotencyRecord | None:
    """Returns the idempotency record of a call that has a key or a payment; None for other calls."""
    # Default values are left out, so that a setting of a later version doesn't change the fingerprint of a request.
    wanted = options.model_dump(mode="json", exclude_defaults=True)
    request = [entry_point, list(temp_file_ids), wanted]
    known_by = key or payment_key(tender, request)
    return idempotency.record_of(caller_of(principal), known_by, request) if known_by else None


def payment_key(tender: "Tender | None", request: object) -> str:
    """Returns a key from a payment and its request. It contains spaces, so that it can't equal a client's own key."""
    return f"x402 {tender.authorization.id} {json.dumps(request)}" if tender and tender.authorization else ""


def caller_of(principal: Principal) -> str:
    """Returns whose idempotency keys count. Knowing an upload's id must give no access to its owner's records."""
    return f"{principal.id}#{principal.credential}" if principal.credential is Credential.UPLOAD else principal.id


def read_known(
    principal: Principal, temp_file_ids: Sequence[str], call: IdempotencyRecord | None, now: datetime
) -> CallState:
    """Reads the state for the checks in one request. Raises InvalidRequest where the key belongs to another request."""
    balance, job_ids = accounting.lookup(principal, now), idempotency.lookup(call, now)
    uploads, taken = files.lookup(temp_file_ids), slots.lookup(principal.id)
    failures = quotas.lookup(FAILED_JOBS, principal.id, principal.tier)
    found = lookups.read_all(balance, job_ids, uploads, taken, failures)
    return CallState(
        at=now,
        balance=balance.take(found),
        job_ids=job_ids.take(found),
        uploads=uploads.take(found),
        slots=taken.take(found),
        failures=failures.take(found),
    )


def afford(principal: Principal, known: CallState, cost: int, tender: "Tender | None") -> Balance:
    """Returns the balance that the call is paid from, with credits purchased by the tendered payment where they are
    needed.

    Raises OutOfCredits, and RateLimited where too many jobs have failed, or a quota of guests is used up and no
    payments are taken.
    """
    quotas.admit(known.failures)
    try:
        return pay_from(known.balance, principal, known.at, cost, tender)
    except RateLimited:
        if not offers.is_offered():
            raise
    return pay_from(known.balance.without_period(), principal, known.at, cost, tender)


def pay_from(balance: Balance, principal: Principal, now: datetime, cost: int, tender: "Tender | None") -> Balance:
    """Returns the balance after a purchase, if one is needed. Raises OutOfCredits, or RateLimited where a quota is used
    up.
    """
    count = partial(count_guest, principal, balance, cost)
    if tender is None or cost <= balance.remaining:
        accounting.check_balance(balance, cost)
        count()
        return balance
    from imgopt.payments import service as payments  # imported late, because most installations take no payments

    if payments.buy(tender, principal.id, needed=cost - balance.remaining, most=cost, admit=count):
        balance = replace(balance, purchased=accounting.balance(principal, now).purchased)
    accounting.check_balance(balance, cost, tender.fault)
    return balance


def count_guest(principal: Principal, balance: Balance, cost: int) -> None:
    """Counts a guest's cost against the quotas of guests. Purchased credits aren't counted."""
    if principal.is_guest:
        guests.count_credits(principal.networks, balance.of_period(cost))


def resume_paid(accepted: Accepted, tender: "Tender | None") -> Accepted:
    if tender:
        from imgopt.payments import service as payments

        payments.restore_receipt(tender, accepted.jobs[0].owner)
    return resume_accepted(accepted)


def cost_of_all(uploads: Sequence[TempFile], options: ProcessingSettings) -> int:
    return sum(cost_of(upload.image, options) for upload in uploads)


def find_payer(temp_file_ids: Sequence[str]) -> Principal:
    """Returns the guest who uploaded the files of a call without a credential. Raises InvalidRequest or NotFound."""
    check_batch(temp_file_ids)
    return files.find_uploading_guest(temp_file_ids)


def check_uploads(
    principal: Principal, temp_file_ids: Sequence[str], options: ProcessingSettings, found: Mapping[str, TempFile]
) -> list[TempFile]:
    """Returns the principal's uploads. Raises where one isn't its own, or an option can't be carried out for one."""
    if options.callback_url is not None:
        check_callback(options.callback_url)
    if Step.TAG in steps_for(options):
        check_available()
    uploads = files.check_owned(principal, temp_file_ids, found)
    for upload in uploads:
        check_image(upload.image, options)
    return uploads


def check_callback(url: str) -> None:
    """Raises InvalidRequest where the URL can't be used for callbacks."""
    try:
        check_url(url)
    except Unfetchable as error:
        raise InvalidRequest(f"callback_url: {error}") from error


def check_batch(temp_file_ids: Sequence[str]) -> None:
    limit = settings().max_batch_files
    if not 0 < len(temp_file_ids) <= limit:
        raise InvalidRequest(f"Send 1 to {limit} temp_file_ids in one call, not {len(temp_file_ids)}.")
