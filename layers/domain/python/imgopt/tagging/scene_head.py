"""How well terms that ImageNet has no class for fit an image: linear in the features of the classifiers.

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
    """Of each classifier the features of its looks, 1280 each, become their mean of length 1, one after the other."""
    import numpy

    means = [numpy.mean(features, axis=0) for features in looks]
    return numpy.concatenate([mean / max(float(numpy.linalg.norm(mean)), 1e-9) for mean in means])


def score_terms(features: "NDArray[numpy.float32]") -> dict[str, float]:
    """For each term a score: 1 is what pictures of it have on average, -1 what others have."""
    weights = _read_weights()
    scores = weights[:, :-1] @ features + weights[:, -1]
    return dict(zip(read_terms(), scores.tolist(), strict=True))


@cache
def read_terms() -> dict[str, tuple[str, ...]]:
    """The terms in the order of the weights, with the kinds that each belongs to, the nearest first."""
    return {name: tuple(kinds) for name, kinds in tomllib.loads((HERE / "scene_terms.toml").read_text()).items()}


@cache
def _read_weights() -> "NDArray[numpy.float32]":
    """A line for each term: one number for each feature, and what is added."""
    import numpy

    weights: NDArray[numpy.float32] = numpy.load(WEIGHTS, allow_pickle=False).astype(numpy.float32)
    return weights
