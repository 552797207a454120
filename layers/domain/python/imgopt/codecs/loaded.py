"""Has every format loaded: imported by a process from which those of jobs are forked."""

from imgopt.codecs.formats import FORMATS

LOADED = tuple(FORMATS.values())
