"""Requests of many invalid parts: the first one is reported, as errors cost more than what they are about."""

import pytest
from pydantic import BaseModel, ValidationError

from functions.api.mcp.image_arguments import OptimizeArguments
from functions.api.requests import ProcessFilesRequest
from functions.api.tinypng.commands import Commands

MANY = 1000
UNKNOWN = {f"unknown{number}": 1 for number in range(MANY)}


def settings(**asked: object) -> tuple[type[BaseModel], dict[str, object]]:
    return ProcessFilesRequest, {"temp_file_ids": ["a"], "settings": asked}


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        (ProcessFilesRequest, {"temp_file_ids": [1] * MANY}),
        settings(accept=["x"] * MANY),
        settings(outputs=[1] * MANY),
        settings(outputs=[UNKNOWN]),
        settings(keep_metadata=["x"] * MANY),
        (Commands, UNKNOWN),
        (Commands, {"preserve": ["x"] * MANY}),
        (Commands, {"convert": {"type": ["x"] * MANY}}),
        (OptimizeArguments, UNKNOWN),
        (OptimizeArguments, {"url": "https://example.com", "outputs": [1] * MANY}),
    ],
)
def test_only_the_first_of_many_errors_is_built(model, sent):
    with pytest.raises(ValidationError) as refused:
        model.model_validate(sent)
    assert refused.value.error_count() == 1
