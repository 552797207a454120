"""Requests to vision models by OpenAI's API, in the strictest dialect that the server accepts.

Some servers refuse a JSON schema, some every `response_format`; and OpenAI's newer models have another name for the
limit on tokens. The accepted dialect is remembered for the life of the process.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from imgopt.tagging.tag_schema import TAG_SCHEMA

ChatMessage = Mapping[str, object]
# Status codes of servers that don't support a dialect.
REFUSING_STATUS = frozenset({400, 415, 422, 501})
CLOSED_SCHEMA = {**TAG_SCHEMA.schema, "additionalProperties": False}


class AnswerForm(IntEnum):
    """How strictly the form of the answer is specified."""

    SCHEMA = 0
    OBJECT = 1
    TEXT = 2


@dataclass(frozen=True)
class Dialect:
    """A dialect. `limit` is the name of the limit on the tokens of an answer."""

    form: AnswerForm = AnswerForm.SCHEMA
    limit: str = "max_tokens"

    def after(self, status: int, reason: str) -> "Dialect | None":
        """Returns the next dialect to try after a refusal; None where another one would not help."""
        if status not in REFUSING_STATUS:
            return None
        if self.limit == "max_tokens" and "max_completion_tokens" in reason:
            return replace(self, limit="max_completion_tokens")
        return replace(self, form=AnswerForm(self.form + 1)) if self.form < AnswerForm.TEXT else None


@dataclass(frozen=True)
class ChatRequest:
    """A request. `conversation` continues after the question: an answer, and what to improve in it."""

    model: str
    instructions: str
    request: str
    picture: str
    max_tokens: int
    conversation: tuple[ChatMessage, ...] = ()

    def in_dialect(self, dialect: Dialect) -> dict[str, Any]:
        """Returns the body of the request. It has no temperature, because some models refuse one."""
        known: dict[str, Any] = {"model": self.model, "messages": self._messages(dialect.form)}
        known[dialect.limit] = self.max_tokens
        return known | _response_format(dialect.form)

    def _messages(self, form: AnswerForm) -> list[ChatMessage]:
        """Returns the messages. They describe the form even where it is sent as a schema, because some servers don't
        show that to the model.
        """
        question = [
            {"type": "text", "text": f"{self.request}\n\n{_describe_form(form)}"},
            {"type": "image_url", "image_url": {"url": self.picture}},
        ]
        return [
            {"role": "system", "content": self.instructions},
            {"role": "user", "content": question},
            *self.conversation,
        ]


def _describe_form(form: AnswerForm) -> str:
    """Describes the form. It must contain the word "JSON", which the API requires for JSON answers."""
    parts = {name: each["description"] for name, each in CLOSED_SCHEMA["properties"].items()}
    only = " and nothing else" if form is AnswerForm.TEXT else ""
    return f"Answer with one JSON object{only}, whose parts are, with `keywords` as a list: {json.dumps(parts)}"


def _response_format(form: AnswerForm) -> dict[str, Any]:
    if form is AnswerForm.TEXT:
        return {}
    if form is AnswerForm.OBJECT:
        return {"response_format": {"type": "json_object"}}
    schema = {"name": TAG_SCHEMA.name, "strict": True, "schema": CLOSED_SCHEMA}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}
