"""C2PA manifests of sources, which are valid for the bytes of their own file alone: what becomes of them, and is said.

They are metadata as others are: what `keep_metadata` doesn't keep whole goes, as a manifest may hold names, places and
a picture of what was cropped.
"""

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.candidates import is_auto
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import is_repacked

DROPPED = "The file's Content Credentials (a C2PA manifest) were left out: they are valid for its own bytes alone."


def is_held(source: ImageHeader, options: ProcessingSettings) -> bool:
    """Whether the result is a file that another gives back, byte for byte, or was asked to do so."""
    return not is_auto(options) and is_repacked(source, options)


def keeps_manifest(artifact: Artifact, source: ImageHeader, options: ProcessingSettings) -> bool:
    """Whether the result has its source's manifest, as it has its bytes, or holds them."""
    is_whole = artifact.original_returned or is_held(source, options)
    return source.has_manifest and options.keep_metadata is KeepMetadata.ALL and is_whole


def warn_of_lost_manifest(
    artifact: Artifact, source: ImageHeader, options: ProcessingSettings, *, signs: bool
) -> str | None:
    """A sentence where a manifest is dropped and no other will tell of it; `signs` says whether results are signed."""
    will_be_signed = signs and is_to_be_signed(source, options)
    has_any = not source.has_manifest or will_be_signed or keeps_manifest(artifact, source, options)
    return None if has_any else DROPPED


def is_to_be_signed(source: ImageHeader, options: ProcessingSettings) -> bool:
    """Whether a new manifest is to have the source's as its parent, where there is a key."""
    return source.has_manifest and options.keep_metadata is KeepMetadata.ALL
