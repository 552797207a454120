"""Upscaled pictures of sources: a job makes one, which is kept for all sizes of the source."""

from dataclasses import dataclass, field

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.errors import UnusableSource
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import results
from imgopt.jobs.model import Job, JobStatus
from imgopt.settings import settings
from imgopt.variants import records, source_jobs, sources, store
from imgopt.variants.model import PendingVariant, Snapshot

# High enough that encoding it once more loses little.
UPSCALED_QUALITY = 95


@dataclass(frozen=True)
class UpscaledSource:
    image: ImageHeader
    data: bytes = field(repr=False)


def find_or_request_upscaled(url: str, snapshot: Snapshot, factor: int, most: int) -> UpscaledSource | PendingVariant:
    """Returns the enlarged picture, or the pending job. Raises UnusableSource where it can't be made, and as
    `source_jobs.find_or_submit` does.
    """
    if FORMATS[snapshot.state.image.format].vector is not None:
        raise UnusableSource("upscale: a vector image can be drawn at any size without upscaling.")
    key = store.enlarged_key(snapshot.state, factor)
    kept = store.read_enlarged(key) if str(factor) in snapshot.state.enlarged else None
    if kept is not None:
        return _picture(kept)
    options = ProcessingSettings(output_upscale_factor=factor, output_quality=UPSCALED_QUALITY, private=True)
    job = source_jobs.find_or_submit(url, snapshot, f"upscale_{factor}", options, most)
    if job.status is JobStatus.FAILED:
        raise UnusableSource(f"upscale: {job.error_message}")
    if job.status is not JobStatus.COMPLETED:
        return PendingVariant(job.id, settings().url_pending_seconds)
    return _keep(url, snapshot, factor, key, job)


def _keep(url: str, snapshot: Snapshot, factor: int, key: str, job: Job) -> UpscaledSource:
    """Stores the picture, which outlives its job."""
    artifact = job.finished_result().artifact
    data = results.read_stored(artifact.key)
    store.keep_enlarged(key, data, artifact.mime_type)
    records.note_changes(url, snapshot.state.digest, enlarged={str(factor): key})
    return _picture(data)


def _picture(data: bytes) -> UpscaledSource:
    return UpscaledSource(sources.inspect_source(data), data)
