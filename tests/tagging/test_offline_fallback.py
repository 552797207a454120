"""Offline tags with a warning, if a model gives none."""

import pytest
from PIL import Image

from imgopt.errors import NotConfigured, Unavailable
from imgopt.tagging import offline_fallback
from imgopt.tagging.model import Briefing, ImageTags, TaggingFailed, Usage
from imgopt.tagging.offline_fallback import OfflineFallback

PICTURE = Image.new("RGB", (40, 30), "navy")
OFFLINE = ImageTags("Mostly blue", ("blue", "dark", "square"), "blue", "offline", warning="In English.")


class Says:
    """A tagger that gives these tags, or raises that error."""

    def __init__(self, outcome) -> None:
        self.outcome = outcome

    def tag(self, image, briefing):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def offline(monkeypatch):
    return lambda outcome: monkeypatch.setattr(offline_fallback, "OfflineTagger", lambda: Says(outcome))


def tag(outcome):
    return OfflineFallback(Says(outcome)).tag(PICTURE, Briefing())


def test_a_models_own_words_are_left_alone(offline):
    offline(AssertionError("nobody asks"))
    tags = ImageTags("A dog", ("dog", "beach", "sand"), "dog", "openai:eyes")
    assert tag(tags) is tags


@pytest.mark.parametrize(
    ("failed", "usage"),
    [
        (Unavailable("The model did not answer in time."), None),
        (NotConfigured("The model's key contains characters that can't be sent. Use printable ASCII."), None),
        (TaggingFailed("The model refused.", Usage(7, 1)), Usage(7, 1)),
    ],
)
def test_words_are_made_offline_where_a_model_fails(offline, failed, usage):
    offline(OFFLINE)
    tags = tag(failed)
    assert (tags.alt_text, tags.source, tags.usage) == ("Mostly blue", "offline", usage)
    assert tags.warning == f"Tags were made offline: {failed} In English."


def test_a_failure_stays_one_where_networks_are_not_installed(offline):
    offline(NotConfigured("Its models are missing."))
    with pytest.raises(Unavailable, match="did not answer"):
        tag(Unavailable("The model did not answer in time."))


def test_an_image_of_nothing_gets_no_words_from_either(offline):
    offline(TaggingFailed("Nothing could be recognized in this image with certainty."))
    with pytest.raises(TaggingFailed, match=r"refused\. There are no offline tags either: Nothing could") as caught:
        tag(TaggingFailed("The model refused.", Usage(7, 1)))
    assert caught.value.usage == Usage(7, 1)
