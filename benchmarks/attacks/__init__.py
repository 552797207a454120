"""The inputs of `make bench-attack`, by name: each within all limits of uploads, each as dear as its format allows."""

from collections.abc import Callable

from benchmarks.attacks import drawings, movies, stills

INPUTS: dict[str, Callable[[], bytes]] = {**stills.INPUTS, **movies.INPUTS, **drawings.INPUTS}
