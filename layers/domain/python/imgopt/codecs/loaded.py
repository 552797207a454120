"""Has every format loaded: imported by a process from which those of jobs are forked."""

from contextlib import suppress

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared import vips

LOADED = tuple(FORMATS.values())
with suppress(ImportError):  # not every stage has libvips
    vips.library()  # before anything else imports it: how many threads it has is settled by then
