"""A file put into one of another format, or taken out of one, byte for byte: no pixel is touched."""

from imgopt.codecs.cleaning import clean
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY, Encoding
from imgopt.errors import InvalidImage
from imgopt.imaging.artifact import Made, made_of
from imgopt.imaging.geometry import Size
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import target_format
from imgopt.imaging.scores.model import NOTHING_LOST
from imgopt.imaging.steps.compress import Compressed

CLEANED = "What is given back is without the metadata that is not to be kept: keep_metadata `all` keeps every byte."


def repack_losslessly(data: bytes, source: ImageHeader, options: ProcessingSettings) -> Made:
    """Metadata that isn't to be kept is taken out of what is held, before or after.

    Raises InvalidImage where that can't be had.
    """
    target = FORMATS[target_format(source.format, options)]
    holder = target.packing or FORMATS[source.format].packing
    if holder is None:
        raise ValueError(f"{target.label} files hold no others.")
    held = data if target.packing else holder.unpack(data)
    cleaned = clean(held, holder.of, options.keep_metadata, source.source_type)
    if cleaned is None:
        raise InvalidImage("The metadata can't be taken out of the file.")
    made = holder.pack(cleaned) if target.packing else cleaned
    encoding = Encoding(made, holder.encoder, lossless=True)
    size = Size(source.width, source.height)
    warning = CLEANED if cleaned != held else None
    return made_of(Compressed(encoding, LOSSLESS_QUALITY), target.name, size, score=NOTHING_LOST, warning=warning)
