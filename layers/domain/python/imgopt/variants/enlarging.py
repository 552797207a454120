"""Larger pictures of sources, by networks: a job makes one, and it is kept for all sizes that are asked of it."""

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

# High enough for one more encode of it.
ENLARGED_QUALITY = 95


@dataclass(frozen=True)
class EnlargedPicture:
    image: ImageHeader
    data: bytes = field(repr=False)


def picture_of(url: str, snapshot: Snapshot, factor: int, most: int) -> EnlargedPicture | PendingVariant:
    """Raises UnusableSource where it can't be made, and as `source_jobs.find_or_submit` does."""
    if FORMATS[snapshot.state.image.format].vector is not None:
        raise UnusableSource("upscale: a drawing is drawn at any size.")
    key = store.enlarged_key(snapshot.state, factor)
    kept = store.read_enlarged(key) if str(factor) in snapshot.state.enlarged else None
    if kept is not None:
        return _picture(kept)
    options = ProcessingSettings(output_upscale_factor=factor, output_quality=ENLARGED_QUALITY, private=True)
    job = source_jobs.find_or_submit(url, snapshot, f"upscale_{factor}", options, most)
    if job.status is JobStatus.FAILED:
        raise UnusableSource(f"upscale: {job.error_message}")
    if job.status is not JobStatus.COMPLETED:
        return PendingVariant(job.id, settings().url_pending_seconds)
    return _keep(url, snapshot, factor, key, job)


def _keep(url: str, snapshot: Snapshot, factor: int, key: str, job: Job) -> EnlargedPicture:
    """Beyond the end of the job."""
    artifact = job.finished_result().artifact
    data = results.read_stored(artifact.key)
    store.keep_enlarged(key, data, artifact.mime_type)
    records.note_changes(url, snapshot.state.digest, enlarged={str(factor): key})
    return _picture(data)


def _picture(data: bytes) -> EnlargedPicture:
    return EnlargedPicture(sources.inspect_source(data), data)
