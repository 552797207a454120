"""The order of formats for a source, by its kind, which is determined once."""

from dataclasses import replace

from imgopt.image_urls.model import ImageUrl
from imgopt.variants import pixels, records, sources
from imgopt.variants.misses import readable_refusals
from imgopt.variants.model import ClientPreferences, Snapshot, SourceState
from imgopt.variants.planning import chooses_by_browser, keeps_source_bytes
from imgopt.variants.single_flight import make_once


def rank_formats(image: ImageUrl, preferences: ClientPreferences, snapshot: Snapshot, most: int) -> tuple[str, ...]:
    """Returns formats, the best first. The kind is only determined where there is a choice."""
    if not chooses_by_browser(image) or keeps_source_bytes(image, snapshot.state) or len(preferences.formats) < 2:
        return tuple(preferences.formats)
    state = snapshot.state if snapshot.state.kind else _determine_kind(image, snapshot, most)
    return pixels.order_by_size(state.kind, has_alpha=state.has_alpha)


def _determine_kind(image: ImageUrl, snapshot: Snapshot, most: int) -> SourceState:
    url, digest = image.source, snapshot.state.digest

    def find() -> SourceState | None:
        known = records.find(url)
        return known if known and known.digest == digest and known.kind else None

    def make() -> SourceState:
        read = sources.read_bytes(url, snapshot, most)
        with readable_refusals():
            seen = pixels.describe_pixels(read.data, read.state.image, image.limits)
        records.note_changes(url, read.state.digest, kind=seen.kind.value, has_alpha=seen.has_alpha)
        return replace(read.state, kind=seen.kind.value, has_alpha=seen.has_alpha)

    return find() or make_once(f"kind.{digest}", find, make)
