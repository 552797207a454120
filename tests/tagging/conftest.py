"""Fixtures of the tests of tags."""

import pytest

from gpu_container.models import building
from imgopt.tagging.classifier import CLASSIFIERS


@pytest.fixture(scope="session", autouse=True)
def classifiers():
    """Made anew from weights that are in the cache, where an earlier version of them is there. Fetches nothing."""
    for product in building.find([each.name for each in CLASSIFIERS]):
        if (building.models_folder() / "torch" / f"{product.network.name}.pth").exists():
            list(building.make([product]))
