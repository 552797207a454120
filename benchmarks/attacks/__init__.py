"""The inputs of `make bench-attack`: each is within the limits of uploads, and as expensive as its format allows."""

from collections.abc import Callable

from benchmarks.attacks import drawings, movies, stills

INPUTS: dict[str, Callable[[], bytes]] = {**stills.INPUTS, **movies.INPUTS, **drawings.INPUTS}
