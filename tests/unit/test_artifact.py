"""What clients are told of an artifact: each field of it, or it is listed as not told."""

from dataclasses import fields

from functions.api.presenters import JobResponse
from imgopt.imaging.artifact import NOT_SHOWN, SHOWN, Artifact, Upscaling
from imgopt.jobs.completion import IN_EVENTS, show_artifact

NAMES = {field.name for field in fields(Artifact)}


def test_artifact_has_each_field_shown_or_listed_as_not_shown():
    assert SHOWN.keys() | NOT_SHOWN == NAMES
    assert not SHOWN.keys() & NOT_SHOWN


def test_artifact_is_shown_by_fields_of_the_answer():
    upscaling = Upscaling("network", "cpu", 1.5, 4)
    shown = show_artifact(Artifact("png", 9, 8, "oxipng", 80, upscaling=upscaling, key="results/1.png", size=7))
    assert shown.keys() <= JobResponse.model_fields.keys()
    assert (shown["processed_size"], shown["encoder_quality"], shown["upscale_tiles"]) == (7, 80, 4)


def test_artifact_is_told_in_events_by_the_same_names():
    assert {*IN_EVENTS} <= SHOWN.keys()
