"""Calls models in Amazon Bedrock by Converse. A model answers by the input of the one tool that it is given."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from imgopt.errors import Unavailable
from imgopt.storage.clients import NO_ANSWER, bedrock, error_code, is_passing

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime.type_defs import ConverseRequestTypeDef, ConverseResponseTypeDef

# Errors of the model itself, and not of Bedrock, which may pass.
PASSING_MODEL_ERRORS = frozenset({"ModelErrorException", "ModelNotReadyException", "ModelTimeoutException"})


class NotAllowed(Exception):
    """The request was refused permanently: there is no such model, no access to it, or it can't take the request."""


@dataclass(frozen=True)
class ToolSchema:
    """A tool: its purpose, and the JSON schema of its input."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Prompt:
    """A request about one JPEG. `instructions` are this service's own, `request` is sent with the image."""

    model_id: str
    instructions: str
    request: str
    jpeg: bytes
    form: ToolSchema
    max_tokens: int


@dataclass(frozen=True)
class ModelOutput:
    """The model's answer. `filled_in` is the input of the tool, unchecked and of any shape; None where the model didn't
    use it.
    """

    stop_reason: str
    filled_in: object
    input_tokens: int
    output_tokens: int


def converse(question: Prompt, region: str) -> ModelOutput:
    """Asks a model. Raises NotAllowed, and Unavailable where botocore's retries failed too."""
    with _model_errors():
        return _read(bedrock(region).converse(**_to_request(question)))


@contextmanager
def _model_errors() -> Iterator[None]:
    try:
        yield
    except NO_ANSWER as error:
        raise Unavailable("The model did not answer. Please try again.") from error
    except ClientError as error:
        if error_code(error) not in PASSING_MODEL_ERRORS and not is_passing(error):
            raise NotAllowed(error_code(error)) from error
        raise Unavailable("The model is busy. Please try again.") from error


def _to_request(question: Prompt) -> "ConverseRequestTypeDef":
    """Returns the request. It sets no temperature: some models refuse it, and with 0 a second try would repeat the
    first.
    """
    form = question.form
    return {
        "modelId": question.model_id,
        "system": [{"text": question.instructions}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"image": {"format": "jpeg", "source": {"bytes": question.jpeg}}},
                    {"text": question.request},
                ],
            }
        ],
        "inferenceConfig": {"maxTokens": question.max_tokens},
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": form.name,
                        "description": form.description,
                        "inputSchema": {"json": form.schema},
                    }
                }
            ],
            # The model must use the only tool. More models support this than a choice by name.
            "toolChoice": {"any": {}},
        },
    }


def _read(response: "ConverseResponseTypeDef") -> ModelOutput:
    content = response["output"].get("message", {}).get("content", [])
    filled_in = next((block["toolUse"]["input"] for block in content if "toolUse" in block), None)
    usage = response["usage"]
    return ModelOutput(response["stopReason"], filled_in, usage["inputTokens"], usage["outputTokens"])
