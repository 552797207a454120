"""Terms for scenes, from the classifiers' features: with invented and with the stored coefficients."""

import numpy
import pytest

from imgopt.tagging import scene_head
from imgopt.tagging.scene_head import join_features, read_terms, score_terms

FEATURES = 2 * 1280


def test_features_of_each_classifier_are_a_mean_of_its_looks_of_length_1():
    one, other = [numpy.array([3.0, 0.0]), numpy.array([3.0, 8.0])], [numpy.array([0.0, 2.0])]
    assert join_features([one, other]).tolist() == pytest.approx([0.6, 0.8, 0, 1])


def test_features_of_nothing_are_nothing():
    assert join_features([[numpy.zeros(2)]]).tolist() == [0, 0]


def test_score_is_linear(monkeypatch):
    names = list(read_terms())
    weights = numpy.zeros((len(names), 3), numpy.float32)
    weights[0], weights[1] = (2, 0, -1), (0, 1, 0.25)
    monkeypatch.setattr(scene_head, "_read_weights", lambda: weights)
    scores = score_terms(numpy.array([0.75, 0.5], numpy.float32))
    assert (scores[names[0]], scores[names[1]], scores[names[2]]) == (0.5, 0.75, 0)


def test_kept_weights_have_a_line_for_each_term_and_a_number_for_each_feature():
    weights = numpy.load(scene_head.WEIGHTS, allow_pickle=False)
    assert weights.shape == (len(read_terms()), FEATURES + 1)
    assert (weights.dtype, bool(numpy.isfinite(weights).all())) == (numpy.float16, True)


def test_no_term_tells_anything_of_people():
    kinds = {kind for kinds in read_terms().values() for kind in kinds}
    assert not {*read_terms(), *kinds} & {"person", "people", "man", "woman", "child", "face"}
