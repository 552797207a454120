"""Leaves out metadata that alone would exceed a limit on bytes."""

from imgopt.codecs.format import Format
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.provenance import mark

METADATA_TOO_LONG = "The metadata was left out: it alone would exceed the limit on the file's bytes."


def fit_metadata(
    kept: Metadata, target: Format, source_type: str | None, limit: int | None
) -> tuple[Metadata, str | None]:
    """Returns the metadata that a file of `limit` bytes can hold, and a sentence for `warning` where only the source
    type is left.

    With all of them the picture would lose its pixels, and the limit would still not be met.
    """
    size = sum(len(data) for kind, data in kept.by_kind.items() if kind in target.metadata_kinds)
    least = mark(Metadata(dpi=kept.dpi, unread=kept.unread), source_type)
    if limit is None or size < limit or kept.by_kind == least.by_kind:
        return kept, None
    return least, METADATA_TOO_LONG
