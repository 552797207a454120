"""Deletes accounts: everything that belongs to a user, and last the user's own record.

The first write marks the record, so that all credentials of the user are refused from then on. All steps can be
repeated. What remains, for lack of time or after an error, is deleted by the hourly cleanup. The cleanup also deletes
the customer at Stripe, because the functions of the API have no key for that. The record is deleted last, when running
requests have ended: until then the same user can't sign up again.
"""

from datetime import timedelta
from functools import partial

from imgopt import audit, clock
from imgopt.accounts import api_key_store, repository, session_store
from imgopt.accounts.lifetimes import removal_delay
from imgopt.audit import AuditEvent
from imgopt.billing import credentials
from imgopt.billing.customer_deletion import delete_customer_of
from imgopt.callbacks import owner_secrets
from imgopt.concurrency import run_all
from imgopt.credits import ledger, usage
from imgopt.devices import repository as devices
from imgopt.jobs import repository as jobs
from imgopt.jobs import slots, waiting
from imgopt.retention.deletion import delete
from imgopt.retention.orphans import IsOver
from imgopt.retention.removal import remove_now
from imgopt.storage import owned
from imgopt.telemetry import logger

# The request that deletes an account works on it for this long.
ANSWER_SECONDS = 10.0
# Concurrent deletions of jobs and uploads, each of which takes several calls.
PARALLEL_DELETIONS = 8
# Longer than a request that was accepted just before can run, and than most issuers' tokens are valid.
SETTLING_TIME = timedelta(hours=1)


def begin_deletion(user_id: str) -> None:
    """Blocks the account at once, and deletes most of it within this call; the cleanup deletes the rest.

    Can be repeated. Raises NotFound where there is no such user.
    """
    if repository.mark_deleting(user_id, clock.now()):
        audit.record_event(AuditEvent.DELETION_BEGUN, user_id)
    try:
        run_all([partial(remove_things, user_id)], seconds=ANSWER_SECONDS)[0].take()
    except Exception:  # whatever the error is, the account is blocked, and the cleanup continues
        logger.exception("account could not be emptied yet", owner=user_id)


def continue_deletion(is_over: IsOver) -> None:
    """Continues all deletions that were begun, as long as there is time."""
    for user_id in repository.find_deleting():
        if is_over():
            return
        try:
            finish_deletion(user_id)
        except Exception:  # an error of one account must not stop the others
            logger.exception("account could not be deleted yet", owner=user_id)


def finish_deletion(user_id: str) -> bool:
    """Continues a deletion. Returns whether nothing is left of the user."""
    since = repository.deleting_since(user_id)
    if since is None:
        return repository.find_user(user_id) is None
    remove_things(user_id)
    is_settled = clock.now() - since >= max(SETTLING_TIME, removal_delay())
    if is_settled or credentials.is_set_up():  # functions without billing's settings leave this to the cleanup
        delete_customer_of(user_id)
    if not is_settled:
        return False
    repository.delete_user(user_id)
    audit.record_event(AuditEvent.DELETED, user_id)
    return True


def remove_things(owner: str) -> None:
    """Deletes the owner's jobs before its ledger, because a stopped job may be refunded."""
    for store in (api_key_store.delete_all, devices.delete_all_tokens, session_store.delete_all, waiting.clear):
        store(owner)
    remove_jobs_and_uploads(owner)
    for forget in (slots.forget, usage.forget, ledger.forget, owner_secrets.forget):
        forget(owner)


def remove_jobs_and_uploads(owner: str) -> None:
    found = owned.find_all(owner)
    job_ids = [each["pk"].partition("#")[2] for each in found if each["sk"] == jobs.KIND]
    deletions = [partial(delete, job) for job in jobs.find_all(job_ids)]
    removals = [partial(remove_now, each) for each in found if each["sk"] != jobs.KIND]
    for calls in (deletions, removals):
        for outcome in run_all(calls, at_once=PARALLEL_DELETIONS):
            outcome.take()
