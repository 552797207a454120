"""Imports every format, for the process from which those of jobs are forked."""

from contextlib import suppress

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared import vips

LOADED = tuple(FORMATS.values())
with suppress(ImportError):  # not every stage has libvips
    vips.library()  # must come first, because it settles the number of libvips' threads
