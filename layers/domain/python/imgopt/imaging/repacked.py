"""Stores a file as a whole in another format, or restores it from there, byte for byte, without decoding pixels."""

from imgopt.codecs.cleaning import clean
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY, Encoding
from imgopt.errors import InvalidImage
from imgopt.imaging.artifact import ArtifactFile, build_artifact
from imgopt.imaging.geometry import Size
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import target_format
from imgopt.imaging.scores.model import NOTHING_LOST
from imgopt.imaging.steps.compress import Compressed

CLEANED = "The restored file lacks metadata: only keep_metadata `all` restores every byte."


def repack_losslessly(data: bytes, source: ImageHeader, options: ProcessingSettings) -> ArtifactFile:
    """Repacks a file, and removes metadata that isn't to be kept before or after that.

    Raises InvalidImage where the file has nothing to restore.
    """
    target = FORMATS[target_format(source.format, options)]
    holder = target.packing or FORMATS[source.format].packing
    if holder is None:
        raise ValueError(f"{target.label} files can't contain other files.")
    held = data if target.packing else holder.unpack(data)
    cleaned = clean(held, holder.of, options.keep_metadata, source.source_type)
    if cleaned is None:
        raise InvalidImage("The metadata of the file can't be removed.")
    made = holder.pack(cleaned) if target.packing else cleaned
    encoding = Encoding(made, holder.encoder, lossless=True)
    size = Size(source.width, source.height)
    warning = CLEANED if cleaned != held else None
    return build_artifact(
        Compressed(encoding, LOSSLESS_QUALITY), target.name, size, score=NOTHING_LOST, warning=warning
    )
