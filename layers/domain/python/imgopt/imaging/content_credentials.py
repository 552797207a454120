"""C2PA manifests of sources: whether results keep them, and what warnings say. A manifest is only valid for its file's
bytes.

A manifest can contain names, places and a thumbnail. So it is removed like other metadata, unless `keep_metadata` is
`all`.
"""

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.candidates import is_auto
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import is_repacked

DROPPED = (
    "The file's Content Credentials (a C2PA manifest) were left out, because they are only valid for the original"
    " bytes."
)


def is_held(source: ImageHeader, options: ProcessingSettings) -> bool:
    """Returns whether the result contains the source's bytes, so that they can be restored."""
    return not is_auto(options) and is_repacked(source, options)


def keeps_manifest(artifact: Artifact, source: ImageHeader, options: ProcessingSettings) -> bool:
    """Returns whether the result still has its source's manifest: it is the source, or contains it."""
    is_whole = artifact.original_returned or is_held(source, options)
    return source.has_manifest and options.keep_metadata is KeepMetadata.ALL and is_whole


def warn_of_lost_manifest(
    artifact: Artifact, source: ImageHeader, options: ProcessingSettings, *, signs: bool
) -> str | None:
    """Returns a sentence where a manifest is dropped and no later step reports it. `signs` says whether results are
    signed.
    """
    will_be_signed = signs and is_to_be_signed(source, options)
    has_any = not source.has_manifest or will_be_signed or keeps_manifest(artifact, source, options)
    return None if has_any else DROPPED


def is_to_be_signed(source: ImageHeader, options: ProcessingSettings) -> bool:
    """Returns whether a new manifest is to be signed, with the source's manifest as its parent."""
    return source.has_manifest and options.keep_metadata is KeepMetadata.ALL
