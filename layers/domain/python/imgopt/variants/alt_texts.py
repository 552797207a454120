"""What a source shows, in a sentence: a job finds it once, and it is remembered with the source."""

from imgopt.errors import NothingPaid
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs.model import UNFINISHED
from imgopt.settings import settings
from imgopt.variants import records, source_jobs
from imgopt.variants.model import Snapshot


def find_or_ask(url: str, snapshot: Snapshot, most: int) -> str | None:
    """None while it is being found, or nobody pays for it; empty where nothing can be said. An image comes without it.

    Raises NotConfigured and UnusableSource as `source_jobs.find_or_submit` does.
    """
    try:
        return snapshot.state.alt or _ask(url, snapshot, most)
    except NothingPaid:
        return None


def alt_seconds(alt: str | None) -> int | None:
    """How long an answer with it may be kept, None for as long as others."""
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
