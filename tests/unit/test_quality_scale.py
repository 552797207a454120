import pytest

from imgopt.codecs.shared import quality_scale
from imgopt.codecs.shared.quality_scale import Scale

SCALES = [value for value in vars(quality_scale).values() if isinstance(value, Scale)]


def test_scale_is_linear_between_its_points():
    assert [Scale(((1, 1), (50, 40), (100, 100))).native(quality) for quality in (1, 50, 75, 100)] == [1, 40, 70, 100]


def test_scale_is_constant_outside_its_points():
    scale = Scale(((10, 5), (90, 80)))
    assert (scale.native(1), scale.native(100)) == (5, 80)


@pytest.mark.parametrize("scale", SCALES)
def test_a_higher_quality_is_never_a_lower_number(scale):
    numbers = [scale.native(quality) for quality in range(1, 101)]
    assert numbers == sorted(numbers)
    assert 1 <= numbers[0] <= 8
    assert numbers[-1] <= 100
