"""Scores terms for which ImageNet has no class, by a linear function of the classifiers' features.

`python -m benchmarks.scene_head` makes scene_head.npy, from the pictures of benchmarks/labelled/scenes.toml.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from imgopt.tagging.taxonomy import HERE

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

WEIGHTS = HERE / "scene_head.npy"


def join_features(looks: "Sequence[Sequence[NDArray[numpy.float32]]]") -> "NDArray[numpy.float32]":
    """Returns for each classifier the mean of its crops' 1280 features, normalized to length 1, concatenated."""
    import numpy

    means = [numpy.mean(features, axis=0) for features in looks]
    return numpy.concatenate([mean / max(float(numpy.linalg.norm(mean)), 1e-9) for mean in means])


def score_terms(features: "NDArray[numpy.float32]") -> dict[str, float]:
    """Returns a score for each term: 1 is the mean of pictures with it, -1 the mean of others."""
    weights = _read_weights()
    scores = weights[:, :-1] @ features + weights[:, -1]
    return dict(zip(read_terms(), scores.tolist(), strict=True))


@cache
def read_terms() -> dict[str, tuple[str, ...]]:
    """Returns the terms in the order of the weights, with their kinds, the nearest first."""
    return {name: tuple(kinds) for name, kinds in tomllib.loads((HERE / "scene_terms.toml").read_text()).items()}


@cache
def _read_weights() -> "NDArray[numpy.float32]":
    """Returns the weights of shape (terms, features + 1); the last column is the bias."""
    import numpy

    weights: NDArray[numpy.float32] = numpy.load(WEIGHTS, allow_pickle=False).astype(numpy.float32)
    return weights
