"""The fields of an artifact: each is shown to clients, or listed as not shown."""

from dataclasses import fields

from functions.api.answer_schemas import OutputResponse
from functions.api.presenters import JobResponse
from imgopt.imaging.artifact import NOT_SHOWN, SHOWN, Artifact, Upscaling
from imgopt.jobs.completion import IN_EVENTS, show_artifact
from imgopt.storage import table

# As version 0.1.0 stored one of a job that was upscaled, and as it wrote one beside the file.
STORED = {
    "key": "results/1.png",
    "mime_type": "image/png",
    "size": 7,
    "format": "png",
    "width": 9,
    "height": 8,
    "encoder": "oxipng",
    "quality": None,
    "original_returned": False,
    "frames": 1,
    "size_limit_met": None,
    "upscaling": {"model": "network", "device": "cpu", "seconds": 1.5, "tiles": 4},
}
NAMES = {field.name for field in fields(Artifact)}


def test_artifact_has_each_field_shown_or_listed_as_not_shown():
    assert SHOWN.keys() | NOT_SHOWN == NAMES, "imgopt/imaging/artifact.py has SHOWN and NOT_SHOWN"
    assert not SHOWN.keys() & NOT_SHOWN


def test_artifact_is_shown_by_fields_of_the_answer():
    upscaling = Upscaling("network", "cpu", 1.5, 4)
    shown = show_artifact(Artifact("png", 9, 8, "oxipng", 80, upscaling=upscaling, key="results/1.png", size=7))
    assert shown.keys() <= JobResponse.model_fields.keys(), "functions/api/presenters.py has JobResponse"
    assert (shown["processed_size"], shown["encoder_quality"], shown["upscale_tiles"]) == (7, 80, 4)


def test_artifact_is_shown_where_there_are_several_results():
    assert {*SHOWN.values()} <= OutputResponse.model_fields.keys(), "functions/api/answer_schemas.py: OutputResponse"


def test_artifact_is_told_in_events_by_the_same_names():
    assert {*IN_EVENTS} <= SHOWN.keys()


def test_artifact_that_an_earlier_version_stored_is_read():
    """A new field has a default, and none of the others goes."""
    upscaling = Upscaling("network", "cpu", 1.5, 4)
    expected = Artifact("png", 9, 8, "oxipng", None, upscaling=upscaling, key="results/1.png", size=7)
    assert table.from_item(STORED, Artifact) == expected
