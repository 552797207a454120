"""Makes a variant: reads the source, calls `imgopt.transform`, and stores the result in S3."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from imgopt.codecs.formats import FORMATS
from imgopt.errors import InvalidImage, InvalidRequest, TooLarge, Unsupported, UnusableSource
from imgopt.image_urls.model import ImageUrl
from imgopt.variants import pixels, records, sources, store, watermarks
from imgopt.variants.model import ReadSource, Snapshot, StoredVariant, VariantNotes, VariantPlan
from imgopt.variants.planning import quality_name
from imgopt.variants.upscaling import UpscaledSource

LONGEST_WARNING = 500


@dataclass(frozen=True)
class VariantWork:
    """What is to be made, from the source or from its upscaled picture. `most` is the limit on the source's bytes."""

    image: ImageUrl
    plan: VariantPlan
    snapshot: Snapshot
    most: int
    picture: UpscaledSource | None = None

    @property
    def key(self) -> str:
        watermark = watermarks.current_watermark() if self.plan.options.watermark else None
        return store.variant_key(
            self.snapshot.state, self.plan, self.image.limits, watermark.digest if watermark else ""
        )


def make_stored(work: VariantWork) -> StoredVariant:
    """Makes and stores the variant, and stores the quality that was searched for."""
    source = sources.read_bytes(work.image.source, work.snapshot, work.most)
    if source.state.digest != work.snapshot.state.digest:  # the source changed before it was due for a check
        work = for_new_version(work, source)
        found = store.find(work.key)
        if found is not None:
            return found
    if not work.plan.format:
        return _keep_source(work, source)
    return _transform(work, source)


def for_new_version(work: VariantWork, source: ReadSource) -> VariantWork:
    """Returns the work for a new version of the source, for which known qualities don't count."""
    plan = replace(work.plan, quality=None) if work.plan.target else work.plan
    return replace(work, snapshot=Snapshot(source.state, source.data), plan=plan)


def _keep_source(work: VariantWork, source: ReadSource) -> StoredVariant:
    image = source.state.image
    notes = VariantNotes(image.format, image.mime_type, image.width, image.height, image.width, image.height)
    return store.keep(work.key, notes, source.data)


def _transform(work: VariantWork, source: ReadSource) -> StoredVariant:
    data, image = (work.picture.data, work.picture.image) if work.picture else (source.data, source.state.image)
    watermark = watermarks.current_watermark() if work.plan.options.watermark else None
    plan = work.plan if work.picture is None else replace(work.plan, options=replace(work.plan.options, upscale=1))
    with readable_refusals():
        made = pixels.make_pixels(data, image, plan, work.image.limits, watermark.data if watermark else None)
    _remember_quality(work, made.quality)
    sizes = made.width, made.height, made.source_width, made.source_height
    notes = VariantNotes(
        made.format, FORMATS[made.format].mime_type, *sizes, warning=warning_of(" ".join(made.warnings))
    )
    return store.keep(work.key, notes, made.data)


def warning_of(text: str) -> str:
    """Returns a warning that can be stored and sent in a header: it may quote the source."""
    plain = "".join(each if each.isascii() and each.isprintable() else "?" for each in text)
    return plain if len(plain) <= LONGEST_WARNING else f"{plain[:LONGEST_WARNING]}..."


def _remember_quality(work: VariantWork, quality: int | None) -> None:
    """Stores the quality with the source, so that other sizes are encoded only once."""
    plan, state = work.plan, work.snapshot.state
    if plan.target and plan.quality is None and quality is not None:
        found = {quality_name(plan.format, plan.target): quality}
        records.note_changes(work.image.source, state.digest, qualities=found)


@contextmanager
def readable_refusals() -> Iterator[None]:
    """Raises UnusableSource for errors that an upload would be refused for. TooCostly is not among them, because a job
    may succeed.
    """
    try:
        yield
    except (InvalidImage, InvalidRequest, TooLarge, Unsupported) as error:
        raise UnusableSource(str(error)) from error
