"""A few damaged files of every kind; `make fuzz` sends thousands more."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imgopt.errors import ImgoptError, InvalidImage
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.steps.decode import decode
from tests import inputs, mutated_files

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
sample = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@sample
@given(st.integers(0, 2**32))
def test_a_damaged_file_ends_in_a_readable_result_or_a_public_error(seed):
    data, options = mutated_files.numbered(seed, 0)
    if options.output_format.value == "svg" or data.lstrip().startswith(b"<"):
        return  # each takes a process of its own
    try:
        mutated_files.attempt(data, options)
    except ImgoptError as error:
        assert str(error)


@sample
@given(st.sampled_from(sorted(set(inputs.MAKERS) - {"svg"})), st.integers(0, 2**32))
def test_pixels_that_do_not_fit_their_header_are_a_public_error(name, seed):
    """Past the header's checks: what it said may have been true of other bytes."""
    data = mutated_files.flip_bits(inputs.data_of(name), random.Random(seed))
    try:
        decode(data, name.split()[0])
    except ImgoptError as error:
        assert str(error)


def test_a_heic_file_whose_tiles_have_no_order_is_a_public_error():
    data = inputs.heic("grid").replace(b"idat", b"free")
    with pytest.raises(InvalidImage):
        mutated_files.attempt(data, ProcessingSettings())


def test_an_animated_png_with_a_damaged_frame_is_a_public_error():
    data = bytearray(inputs.data_of("png animated"))
    data[data.index(b"fdAT") + 12] ^= 1
    with pytest.raises(InvalidImage):
        mutated_files.attempt(bytes(data), ProcessingSettings())
