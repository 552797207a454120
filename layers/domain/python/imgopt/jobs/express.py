"""Jobs of the express state machine: which jobs it takes, and when a job's execution must be over.

Express executions cost a fortieth of standard ones. They end after five minutes, and their state can't be queried. So
only jobs that always end within that time are express, and a job's age tells that its execution is over.
"""

from datetime import datetime, timedelta

from imgopt.codecs.format import ImageHeader
from imgopt.credits.budgets import budget_for_pixels
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, needs_network, steps_for
from imgopt.jobs.model import Job
from imgopt.settings import settings

# CPU seconds. A stage on pixels may use them twice in one execution, because it is retried once its function has died.
MOST_CPU_SECONDS = 60.0
# Longer than the first stage takes with all retries: a job without an execution after this time will get none.
DISPATCH_TIMEOUT = timedelta(seconds=60)


def fits_express(image: ImageHeader, options: ProcessingSettings) -> bool:
    """Returns whether all steps of a job end in five minutes, judged by pixels, frames and format.

    Upscaling networks, tagging models and signing may take longer.
    """
    if needs_network(image, options) or Step.TAG in steps_for(options) or image.has_manifest:
        return False
    return budget_for_pixels(image, options).cpu_seconds <= MOST_CPU_SECONDS


def is_abandoned(job: Job, now: datetime) -> bool:
    """Returns whether no execution of an express job can be running any more, judged by the time since its start."""
    since, timeout = (job.started_at, _deadline()) if job.held_by else (job.dispatched_at, DISPATCH_TIMEOUT)
    if since is None or since + timeout <= now:
        return True
    stopped_at = settings().executions_stopped_at
    return stopped_at is not None and since < stopped_at


def _deadline() -> timedelta:
    return timedelta(seconds=settings().express_deadline)
