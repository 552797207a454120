"""A request to a vision model by OpenAI's API, in the strictest form that its server takes.

Servers differ: some refuse a JSON schema, some any `response_format`, and newer models of OpenAI's the name by which
all others take a limit on tokens. What one has taken is remembered as long as the process lives.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from imgopt.tagging.form import TAG_FORM

ChatMessage = Mapping[str, object]
# What a server answers to a form that it doesn't know.
REFUSING_STATUS = frozenset({400, 415, 422, 501})
CLOSED_SCHEMA = {**TAG_FORM.schema, "additionalProperties": False}


class AnswerForm(IntEnum):
    """How strictly the form of an answer is asked for."""

    SCHEMA = 0
    OBJECT = 1
    TEXT = 2


@dataclass(frozen=True)
class Dialect:
    """`limit` is what the limit on the tokens of an answer is called."""

    form: AnswerForm = AnswerForm.SCHEMA
    limit: str = "max_tokens"

    def after(self, status: int, reason: str) -> "Dialect | None":
        """The one to try next, where a request in this one was refused; None where that would not help."""
        if status not in REFUSING_STATUS:
            return None
        if self.limit == "max_tokens" and "max_completion_tokens" in reason:
            return replace(self, limit="max_completion_tokens")
        return replace(self, form=AnswerForm(self.form + 1)) if self.form < AnswerForm.TEXT else None


@dataclass(frozen=True)
class ChatRequest:
    """`conversation` is what was said after the question: an answer, and what is to be better about it."""

    model: str
    instructions: str
    request: str
    picture: str
    max_tokens: int
    conversation: tuple[ChatMessage, ...] = ()

    def in_dialect(self, dialect: Dialect) -> dict[str, Any]:
        """The body. Without a temperature, as for Bedrock: some models take none."""
        known: dict[str, Any] = {"model": self.model, "messages": self._messages(dialect.form)}
        known[dialect.limit] = self.max_tokens
        return known | _response_format(dialect.form)

    def _messages(self, form: AnswerForm) -> list[ChatMessage]:
        """Where the form goes with it, it is described nevertheless: not every server shows it to its model."""
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
    """ "JSON" has to be said where an object is asked for."""
    parts = {name: each["description"] for name, each in CLOSED_SCHEMA["properties"].items()}
    only = " and nothing else" if form is AnswerForm.TEXT else ""
    return f"Answer with one JSON object{only}, whose parts are, with `keywords` as a list: {json.dumps(parts)}"


def _response_format(form: AnswerForm) -> dict[str, Any]:
    if form is AnswerForm.TEXT:
        return {}
    if form is AnswerForm.OBJECT:
        return {"response_format": {"type": "json_object"}}
    schema = {"name": TAG_FORM.name, "strict": True, "schema": CLOSED_SCHEMA}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}
