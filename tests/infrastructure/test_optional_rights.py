"""What settings add to roles is what the tests of handlers take for granted (tests/roles/options.py)."""

import pytest

from tests.conftest import NAMES
from tests.infrastructure.variants import VARIANTS
from tests.roles.options import FILES_OF_SIGNERS, READ, READERS
from tests.roles.policies import Action, Installation

FUNCTIONS = ("Images", "Streaming", "Internal", "Billing", "Plan", "Upscale", "Optimize", "Tag", "Finish", "Fail")
FUNCTIONS += ("Deliver", "Reconcile", "Cleanup", "RefreshCredits")
NAMED = [
    (variant, setting)
    for variant, context in VARIANTS.items()
    for setting in READERS
    if f"IMGOPT_{setting.upper()}" in context["settings"]
]


def test_each_secret_is_named_by_an_installation():
    assert {setting for _, setting in NAMED} == READERS.keys()


@pytest.mark.parametrize(("variant_name", "setting"), NAMED)
def test_a_secret_is_read_by_those_who_need_it_and_by_no_others(variant, variant_name, setting):
    installation = Installation(variant(variant_name), NAMES)
    secret = Action(READ, VARIANTS[variant_name]["settings"][f"IMGOPT_{setting.upper()}"])
    assert {each for each in FUNCTIONS if installation.role(each).allows(secret)} == READERS[setting]


def test_signers_read_the_uploads_that_they_sign(variant):
    installation = Installation(variant("GPUs behind a proxy"), NAMES)
    for name, (action, pattern) in FILES_OF_SIGNERS.items():
        assert installation.role(name).allows(Action(action, pattern.replace("*", "1")))
