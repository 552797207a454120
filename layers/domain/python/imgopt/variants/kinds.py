"""The order of formats for a source, by its kind, which is determined once."""

from dataclasses import replace

from imgopt.image_urls.model import ImageUrl
from imgopt.variants import pixels, records, sources
from imgopt.variants.made_once import make_once
from imgopt.variants.making import readable_refusals
from imgopt.variants.model import BrowserWishes, Snapshot, SourceState
from imgopt.variants.planning import chooses_by_browser, is_untouched


def order_of(image: ImageUrl, wishes: BrowserWishes, snapshot: Snapshot, most: int) -> tuple[str, ...]:
    """Returns formats, the best first. The kind is only determined where there is a choice."""
    if not chooses_by_browser(image) or is_untouched(image, snapshot.state) or len(wishes.formats) < 2:
        return tuple(wishes.formats)
    state = snapshot.state if snapshot.state.kind else _look_at(image, snapshot, most)
    return pixels.order_by_size(state.kind, has_alpha=state.has_alpha)


def _look_at(image: ImageUrl, snapshot: Snapshot, most: int) -> SourceState:
    url, digest = image.source, snapshot.state.digest

    def find() -> SourceState | None:
        known = records.find(url)
        return known if known and known.digest == digest and known.kind else None

    def make() -> SourceState:
        read = sources.read_bytes(url, snapshot, most)
        with readable_refusals():
            seen = pixels.look_at_pixels(read.data, read.state.image, image.limits)
        records.note_changes(url, read.state.digest, kind=seen.kind.value, has_alpha=seen.has_alpha)
        return replace(read.state, kind=seen.kind.value, has_alpha=seen.has_alpha)

    return find() or make_once(f"kind.{digest}", find, make)
