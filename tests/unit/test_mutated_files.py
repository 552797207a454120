"""The damaged files of `make fuzz`."""

import random
from collections import Counter

from imgopt.codecs.formats import FORMATS
from tests import inputs
from tests.mutated_files import NAMES, pick_name


def test_every_format_that_is_read_is_damaged():
    assert {name.split()[0] for name in inputs.MAKERS} == set(FORMATS)


def test_every_input_comes_up_in_some_thousands():
    rolled = random.Random(1)
    counts = Counter(pick_name(rolled) for _ in range(5000))
    assert set(counts) == set(NAMES)
