"""The time of parsers of clients' data grows nearly linearly with the input.

Each reads an input and one that is eight times as long, made to be the worst. What grows with the square takes 64
times as long; what takes next to nothing either way is quick enough.
"""

import importlib
import pkgutil
import re
import sys
from types import FrameType
from typing import Any

import pytest

import imgopt.codecs
import imgopt.files
import imgopt.image_urls
import imgopt.safe_http
from tests.growth.attacks import ATTACKS, HEADS, Attack, head
from tests.work import LEAST_SECONDS, TooMuch, attempt, cpu_seconds, peak_bytes

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")
LONGER, MOST = 8, 20
TRIES = 3


def grows_too_fast(attack: Attack) -> bool:
    """The short input is read only where the long one takes so long that it matters how long the short one takes."""
    long = attack.make(attack.least * LONGER)
    if ends_within(MOST * LEAST_SECONDS, attack, long):
        return False
    seconds = cpu_seconds(attack.read, attack.make(attack.least), MOST)
    return seconds <= LEAST_SECONDS or not ends_within(MOST * seconds, attack, long)


def ends_within(limit: float, attack: Attack, data: Any) -> bool:
    try:
        cpu_seconds(attack.read, data, limit)
    except TooMuch:
        return False
    return True


@pytest.mark.parametrize("name", ATTACKS)
def test_time_grows_with_the_input_and_not_with_its_square(name):
    assert not all(grows_too_fast(ATTACKS[name]) for _ in range(TRIES))


def test_quadratic_growth_is_found():
    assert grows_too_fast(Attack(lambda text: re.search("a+b", text), lambda size: "a" * size, 8192))


def test_linear_growth_is_not_reported():
    assert not grows_too_fast(Attack(lambda text: re.search("(?<!a)a+b", text), lambda size: "a" * size, 4096))


MOST_MEMORY = 3_000_000


@pytest.mark.parametrize("name", HEADS)
def test_a_head_takes_no_more_memory_than_some_times_its_file(name):
    data = HEADS[name](64 * 1024)
    assert peak_bytes(head, data) < MOST_MEMORY + 6 * len(data)


# Modules that no attack comes through, and why.
PIXELS, APART = "It sees pixels, and writes.", "A library of others reads, in a process of its own that has limits."
DIRECTS, NUMBERS = "It passes on what others read.", "It sees numbers and addresses."
EXEMPT = {
    **{f"imgopt.codecs.{name}": PIXELS for name in ("avif.grid", "avif.tuning")},
    **{f"imgopt.codecs.{name}": PIXELS for name in ("gif.changes", "gif.codec", "gif.writer")},
    **{f"imgopt.codecs.{name}": PIXELS for name in ("png.codec", "svg.trace", "webp.lossless")},
    **{f"imgopt.codecs.jpeg.{name}": PIXELS for name in ("choice", "codec", "jpegli", "mozjpeg", "sample")},
    **{f"imgopt.codecs.png.{name}": PIXELS for name in ("colors", "deep", "estimate", "indexed", "losses")},
    **{f"imgopt.codecs.shared.{name}": PIXELS for name in ("deep_samples", "gain_map", "tone_mapping")},
    **{f"imgopt.codecs.jxl.{name}": PIXELS for name in ("codec", "reconstruction")},
    "imgopt.codecs.svg.comparison": PIXELS,
    "imgopt.codecs.loaded": DIRECTS,
    "imgopt.codecs.tiff.depth": DIRECTS,
    **{
        f"imgopt.codecs.shared.{name}": PIXELS
        for name in ("chroma", "flat_color", "palette", "quality_scale", "redundancy", "sampling", "vips")
    },
    **{f"imgopt.codecs.{name}.codec": APART for name in ("heic", "tiff")},
    **{f"imgopt.codecs.tiff.{name}": APART for name in ("inflated", "light", "parts", "predictor")},
    **{f"imgopt.codecs.tiff.{name}": APART for name in ("rewriting", "unpacking")},
    "imgopt.codecs.tiff.tags": "It holds numbers.",
    **{f"imgopt.codecs.{name}": APART for name in ("gif.gifsicle", "shared.sandboxed_decoders", "svg.rendering")},
    "imgopt.codecs.svg.traversal": "It walks the tree of svgo, in a process of its own that has limits.",
    "imgopt.codecs.svg.vocabulary": "It holds names.",
    **{f"imgopt.files.{name}": DIRECTS for name in ("direct", "inspection", "model", "repository", "service")},
    **{f"imgopt.safe_http.{name}": DIRECTS for name in ("client", "errors", "fetch", "post", "redirects", "socket_io")},
    **{f"imgopt.codecs.{name}.hidden_bytes": "It asks a decoder." for name in ("gif", "jpeg", "webp")},
    **{f"imgopt.codecs.{name}.quick": PIXELS for name in ("jpeg", "png", "webp")},
    "imgopt.codecs.cleaning": DIRECTS,
    "imgopt.files.sizes": NUMBERS,
    **{f"imgopt.image_urls.{name}": "It reads settings." for name in ("configuration", "job_settings", "keys")},
    "imgopt.image_urls.pro": "It holds names.",
    "imgopt.files.identity": "It hashes.",
    "imgopt.codecs.shared.keep_metadata": "It reads settings.",
    **{f"imgopt.safe_http.{name}": NUMBERS for name in ("addresses", "deadline", "dns")},
}


def test_every_parser_is_attacked():
    """A new module of these packages comes with an attack, or with a reason above."""
    known = {
        module.name
        for package in (imgopt.codecs, imgopt.files, imgopt.image_urls, imgopt.safe_http)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not module.ispkg
    }
    for name in known:
        importlib.import_module(name)  # now, so that it doesn't count as running
    told = "tests/growth/attacks.py attacks each module that reads; EXEMPT above says why others are not attacked"
    assert known - modules_that_run() == EXEMPT.keys(), told


def modules_that_run() -> set[str]:
    """Returns our modules whose functions run while the shortest inputs of all attacks are read."""
    ran: set[str] = set()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            ran.add(frame.f_globals.get("__name__", ""))

    sys.setprofile(note)
    try:
        for attack in ATTACKS.values():
            attempt(attack.read, attack.make(1024))
    finally:
        sys.setprofile(None)
    return ran
