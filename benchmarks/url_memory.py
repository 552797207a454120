"""The memory of the service while `make bench-url` makes variants of many sizes."""

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

from benchmarks.url_pace import PROCESSES
from benchmarks.url_variants import FORMATS, make_of_new, sources
from benchmarks.url_workers import held_megabytes
from imgopt.transform.options import TransformOptions

WATCHED_EVERY = 500


def watch_memory(misses: int) -> list[tuple[int, float]]:
    """The memory of all processes in MB, by the number of variants."""
    files, seen = sources(), []
    with ThreadPoolExecutor(PROCESSES) as threads:
        for start in range(0, misses, WATCHED_EVERY):
            list(
                threads.map(
                    _make_one, islice(cycle(files), start, start + min(WATCHED_EVERY, misses)), range(start, misses)
                )
            )
            seen.append((min(start + WATCHED_EVERY, misses), held_megabytes()))
    return seen


def _make_one(data: bytes, number: int) -> None:
    """Of many sizes and formats, so that no two follow each other."""
    side = 32 + number * 37 % 480
    make_of_new(data, FORMATS[number % 2], TransformOptions(width=side, height=side))
