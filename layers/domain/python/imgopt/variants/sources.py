"""Sources: fetched once, trusted for some time, and then checked for changes."""

from collections.abc import Callable
from hashlib import sha256
from io import BytesIO

from imgopt import clock
from imgopt.codecs.format import ImageHeader, Limits
from imgopt.codecs.header import read_header
from imgopt.errors import InvalidImage, SourceFailed, SourceTimeout, TooLarge, Unavailable, Unsupported, UnusableSource
from imgopt.files import inspection
from imgopt.settings import settings
from imgopt.variants import records
from imgopt.variants.byte_cache import ByteCache
from imgopt.variants.fetching import FetchedSource, SourceVersion, fetch_anew, fetch_source
from imgopt.variants.model import ReadSource, Snapshot, SourceState
from imgopt.variants.single_flight import make_once

# Transient errors, during which the known version is still used.
PASSING_FAILURES = (SourceFailed, SourceTimeout, Unavailable)
RETRY_SECONDS = 30
# Recently used sources, because several sizes of one are often requested together.
recent_sources: ByteCache[bytes] = ByteCache(lambda: settings().url_memory_bytes // 2)


def look_up(url: str, most: int, admit: Callable[[], None]) -> Snapshot:
    """Returns what is known of a source. `admit` is called before its first request.

    Raises as `fetch_source` does for a source that is not known yet, or doesn't exist any more.
    """
    known = records.find(url)
    if known is None:
        return make_once(
            f"source.{records.source_id(url)}", lambda: _snapshot_of(url), lambda: _fetch_unknown(url, most, admit)
        )
    return Snapshot(known) if known.believed_until > _now() else _ask_again(url, known, most)


def read_bytes(url: str, snapshot: Snapshot, most: int) -> ReadSource:
    """Returns the source with its bytes, which may be a newer version than the known one."""
    data = snapshot.data or recent_sources.get(snapshot.state.digest)
    if data is not None:
        return ReadSource(snapshot.state, data)
    return _note_version(url, snapshot.state, fetch_anew(url, most))


def next_check_at() -> int:
    return _now() + settings().url_source_seconds


def _snapshot_of(url: str) -> Snapshot | None:
    known = records.find(url)
    return Snapshot(known) if known else None


def _fetch_unknown(url: str, most: int, admit: Callable[[], None]) -> Snapshot:
    admit()
    read = _note_version(url, None, fetch_anew(url, most))
    return Snapshot(read.state, read.data)


def _ask_again(url: str, known: SourceState, most: int) -> Snapshot:
    """Checks the source for changes. Where that fails, the known version is trusted for some more time."""
    try:
        fetched = fetch_source(url, SourceVersion(known.etag, known.last_modified), most)
    except PASSING_FAILURES:
        return Snapshot(known.with_next_check(_now() + RETRY_SECONDS))
    if fetched is not None:
        read = _note_version(url, known, fetched)
        return Snapshot(read.state, read.data)
    until = next_check_at()
    records.note_changes(url, known.digest, believed_until=until)
    return Snapshot(known.with_next_check(until))


def _note_version(url: str, known: SourceState | None, fetched: FetchedSource) -> ReadSource:
    """Stores the version. What was found out about the same bytes is kept."""
    digest, version, until = sha256(fetched.data).hexdigest(), fetched.version, next_check_at()
    recent_sources.put(digest, fetched.data, len(fetched.data))
    if known is not None and known.digest == digest:
        records.note_changes(url, digest, believed_until=until, etag=version.etag, last_modified=version.last_modified)
        return ReadSource(known.with_next_check(until), fetched.data)
    header = inspect_source(fetched.data)
    state = SourceState(
        digest=digest,
        size=len(fetched.data),
        image=header,
        believed_until=until,
        etag=version.etag,
        last_modified=version.last_modified,
        has_alpha=header.has_alpha,
    )
    records.keep(url, state)
    return ReadSource(state, fetched.data)


def inspect_source(data: bytes) -> ImageHeader:
    """Returns the header of the bytes. Raises UnusableSource where they are not an image, or exceed the limits."""
    config = settings()
    if not data:
        raise UnusableSource("The source is empty.")
    try:
        with inspection.inspection_slot():
            return read_header(BytesIO(data), Limits(config.max_pixels, config.max_frames, config.max_animation_pixels))
    except (InvalidImage, TooLarge, Unsupported) as error:
        raise UnusableSource(str(error)) from error


def _now() -> int:
    return int(clock.now().timestamp())
