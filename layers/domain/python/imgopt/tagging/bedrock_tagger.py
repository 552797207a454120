"""Makes tags by a model in Amazon Bedrock."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.settings import settings
from imgopt.storage import bedrock
from imgopt.storage.bedrock import ModelOutput, Prompt
from imgopt.tagging import prices, prompt
from imgopt.tagging.availability import model_id
from imgopt.tagging.model import Briefing, ImageTags, MalformedOutput, TaggingFailed, Usage
from imgopt.tagging.picture import to_jpeg
from imgopt.tagging.rules import normalize_tags
from imgopt.tagging.tag_schema import TAG_SCHEMA, read_tag_fields

if TYPE_CHECKING:
    from PIL.Image import Image

ATTEMPTS = 2
REFUSAL_REASONS = frozenset({"content_filtered", "guardrail_intervened"})
LENGTH_REASONS = frozenset({"max_tokens", "model_context_window_exceeded"})
MALFORMED = frozenset({"malformed_model_output", "malformed_tool_use"})


@dataclass(frozen=True)
class BedrockTagger:
    """`region` "" means that of the session."""

    model_id: str
    region: str
    instructions: str
    max_tokens: int

    def tag(self, image: "Image", briefing: Briefing) -> ImageTags:
        """Makes tags. A malformed answer is asked for once more. Raises TaggingFailed, Unavailable or NotConfigured."""
        instructions, request = prompt.make_instructions(self.instructions, briefing), prompt.make_request(briefing)
        question = Prompt(self.model_id, instructions, request, to_jpeg(image), TAG_SCHEMA, self.max_tokens)
        return self._ask(question, briefing.language, ATTEMPTS, Usage(0, 0))

    def _ask(self, question: Prompt, language: str, attempts: int, spent: Usage) -> ImageTags:
        """Asks the model. `spent` is the usage of earlier attempts."""
        try:
            answer = bedrock.converse(question, self.region)
        except bedrock.NotAllowed as error:
            raise TaggingFailed(f"Bedrock refused the request: {error}", spent) from error
        usage = self._add(spent, answer)
        try:
            alt_text, keywords, slug = _read(answer)
            return normalize_tags(ImageTags(alt_text, keywords, slug, f"bedrock:{self.model_id}", language, usage))
        except TaggingFailed as error:
            if isinstance(error, MalformedOutput) and attempts > 1:
                return self._ask(question, language, attempts - 1, usage)
            raise type(error)(str(error), usage) from error

    def _add(self, spent: Usage, answer: ModelOutput) -> Usage:
        tokens = (spent.input_tokens + answer.input_tokens, spent.output_tokens + answer.output_tokens)
        return Usage(*tokens, prices.estimate(self.model_id, *tokens))


def from_settings() -> BedrockTagger:
    config = settings()
    return BedrockTagger(
        model_id(),
        config.tagging_region,
        config.tagging_prompt or prompt.INSTRUCTIONS,
        config.tagging_max_tokens,
    )


def _read(answer: ModelOutput) -> tuple[str, tuple[str, ...], str]:
    _check_ending(answer)
    return read_tag_fields(answer.filled_in)


def _check_ending(answer: ModelOutput) -> None:
    """Raises the error for an answer without a usable form. Where the form was filled in, the reason for stopping is
    ignored.
    """
    if answer.stop_reason in REFUSAL_REASONS:
        raise TaggingFailed(f"The model refused: {answer.stop_reason}.")
    if answer.stop_reason in LENGTH_REASONS:
        raise TaggingFailed(f"The answer was cut off: {answer.stop_reason}.")
    if answer.stop_reason in MALFORMED:
        raise MalformedOutput(f"The answer could not be read: {answer.stop_reason}.")
    if answer.filled_in is None:
        raise TaggingFailed(f"The model answered with text instead of the form: {answer.stop_reason}.")
