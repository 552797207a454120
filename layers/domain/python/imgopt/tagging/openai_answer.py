"""Parses answers of OpenAI's API. Servers send varying shapes, and models put text around their JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imgopt.tagging.model import MalformedOutput, TaggingFailed, Usage
from imgopt.tagging.tag_schema import read_tag_fields

LONGEST_TEXT = 65536
END_OF_THOUGHT = "</think>"


@dataclass(frozen=True)
class ChatAnswer:
    """`text` is the model's answer; "" where it is empty."""

    text: str
    refused: bool
    cut_off: bool
    usage: Usage

    def read(self) -> tuple[str, tuple[str, ...], str]:
        """Returns alt text, keywords and slug, unchecked. Raises TaggingFailed, or MalformedOutput."""
        if self.refused:
            raise TaggingFailed("The model refused.")
        try:
            return read_tag_fields(_find_object(self.text))
        except MalformedOutput:
            if self.cut_off:
                raise TaggingFailed("The model's answer was cut off.") from None
            raise


def read_answer(answer: Mapping[str, Any]) -> ChatAnswer:
    """Parses an answer of any shape. Fields of a wrong type count as missing."""
    choices = answer.get("choices")
    choice = _object_of(choices[0] if isinstance(choices, list) and choices else None)
    message, ending = _object_of(choice.get("message")), choice.get("finish_reason")
    return ChatAnswer(
        _text_of(message.get("content")),
        refused=bool(message.get("refusal")) or ending == "content_filter",
        cut_off=ending == "length",
        usage=_usage_of(_object_of(answer.get("usage"))),
    )


def _object_of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text_of(content: object) -> str:
    """Returns the text of a message. Some servers answer in parts."""
    if isinstance(content, list):
        parts = [_object_of(each).get("text") for each in content]
        return "".join(each for each in parts if isinstance(each, str))
    return content if isinstance(content, str) else ""


def _usage_of(usage: Mapping[str, Any]) -> Usage:
    """Returns the usage. Prices of these models aren't known."""
    return Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**53 else 0


def _find_object(text: str) -> object:
    """Returns the JSON between the first and the last brace, ignoring text before it. Raises MalformedOutput."""
    answer = text[:LONGEST_TEXT].rpartition(END_OF_THOUGHT)[2]
    begins, ends = answer.find("{"), answer.rfind("}")
    if not answer.strip():
        raise MalformedOutput("The model's answer was empty.")
    try:
        return json.loads(answer[begins : ends + 1])
    except (ValueError, RecursionError):
        raise MalformedOutput("The model did not answer with JSON.") from None
