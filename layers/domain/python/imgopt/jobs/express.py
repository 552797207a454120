"""Jobs of the express machine: which these are, and when nothing can be at work on one any more.

That machine costs a fortieth of the other. It ends after five minutes, tells nobody, and can't be asked: so it is for
what takes no longer whatever happens, and the age of a job tells that its execution is over.
"""

from datetime import datetime, timedelta

from imgopt.codecs.format import ImageHeader
from imgopt.credits.budgets import budget_for_pixels
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, needs_network, steps_for
from imgopt.jobs.model import Job
from imgopt.settings import settings

# Of a CPU. What works on pixels may take it twice in an execution, as it is done again where its function has died.
MOST_CPU_SECONDS = 60.0
# Longer than the first stage takes with all its retries: whoever has no execution then gets none any more.
PATIENCE = timedelta(seconds=60)


def fits_express(image: ImageHeader, options: ProcessingSettings) -> bool:
    """Whether all that may be done with an image ends in five minutes, by its pixels, frames and format.

    Networks, models that say words, and signing anew may take longer.
    """
    if needs_network(image, options) or Step.TAG in steps_for(options) or image.has_manifest:
        return False
    return budget_for_pixels(image, options).cpu_seconds <= MOST_CPU_SECONDS


def is_abandoned(job: Job, now: datetime) -> bool:
    """Whether no execution has an express job, or the one that had it is over: by the time since then."""
    since, patience = (job.started_at, _deadline()) if job.held_by else (job.dispatched_at, PATIENCE)
    if since is None or since + patience <= now:
        return True
    stopped_at = settings().executions_stopped_at
    return stopped_at is not None and since < stopped_at


def _deadline() -> timedelta:
    return timedelta(seconds=settings().express_deadline)
