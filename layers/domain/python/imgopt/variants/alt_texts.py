"""Alt texts of sources: a job makes one once, and it is stored with the source."""

from imgopt.errors import NothingPaid
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs.model import UNFINISHED
from imgopt.settings import settings
from imgopt.variants import records, source_jobs
from imgopt.variants.model import Snapshot


def find_or_request(url: str, snapshot: Snapshot, most: int) -> str | None:
    """Returns the alt text; "" where none can be made; None while a job makes it, or where no credits are left for it.

    Raises NotConfigured and UnusableSource as `source_jobs.find_or_submit` does.
    """
    try:
        return snapshot.state.alt or _ask(url, snapshot, most)
    except NothingPaid:
        return None


def alt_text_cache_seconds(alt: str | None) -> int | None:
    """Returns how long an answer with this alt text may be cached; None for the usual time."""
    if alt is None:
        return settings().url_pending_seconds
    return None if alt else settings().url_source_seconds


def _ask(url: str, snapshot: Snapshot, most: int) -> str | None:
    options = ProcessingSettings(output_seo_tag_gen=True, private=True)
    job = source_jobs.find_or_submit(url, snapshot, "words", options, most)
    if job.status in UNFINISHED:
        return None
    alt = job.words.alt_text if job.words else ""
    records.note_changes(url, snapshot.state.digest, alt=alt)
    return alt
