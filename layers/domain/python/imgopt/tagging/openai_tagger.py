"""Makes tags by any vision model behind OpenAI's API: of Ollama, llama.cpp, vLLM, or a cloud."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from imgopt import time_budget
from imgopt.errors import Unavailable
from imgopt.settings import settings
from imgopt.storage import secrets
from imgopt.tagging import openai_client, prompt
from imgopt.tagging.model import Briefing, ImageTags, MalformedOutput, TaggingFailed, Usage
from imgopt.tagging.openai_answer import ChatAnswer, read_answer
from imgopt.tagging.openai_client import ModelServer, RequestRefused
from imgopt.tagging.openai_request import ChatRequest, Dialect
from imgopt.tagging.picture import to_data_url
from imgopt.tagging.rules import LONGEST_ALT_TEXT, normalize_tags
from imgopt.tagging.text import clean

if TYPE_CHECKING:
    from PIL.Image import Image

KEY_REFUSED = 401
# Time to make offline tags instead, and to store them.
RESERVE_SECONDS = 5.0
NO_TOKENS = Usage(0, 0)
# The accepted dialects, by the server's URL and the model.
DIALECTS: dict[tuple[str, str], Dialect] = {}


@dataclass(frozen=True)
class OpenaiTagger:
    """`key_arn` is where a replaced key can be read; "" for a key from the settings."""

    server: ModelServer
    model: str
    instructions: str
    max_tokens: int
    seconds: float
    key_arn: str = ""

    def tag(self, image: "Image", briefing: Briefing) -> ImageTags:
        """Makes tags. A malformed answer, and a long alt text, are asked for once more. Raises TaggingFailed,
        Unavailable or NotConfigured.
        """
        question = ChatRequest(
            self.model,
            prompt.make_instructions(self.instructions, briefing),
            prompt.make_request(briefing),
            to_data_url(image),
            self.max_tokens,
        )
        seconds = min(self.seconds, time_budget.seconds_left() - RESERVE_SECONDS)
        return TaggingConversation(self, briefing.language, time.monotonic() + seconds).ask(question)


@dataclass
class TaggingConversation:
    """The conversation with a model about one image, until a time of the monotonic clock."""

    tagger: OpenaiTagger
    language: str
    until: float
    spent: Usage = NO_TOKENS

    def ask(self, question: ChatRequest) -> ImageTags:
        """Asks the model. Raises TaggingFailed with the usage, Unavailable, or NotConfigured."""
        try:
            return replace(self._ask_twice(question), usage=self.spent)
        except TaggingFailed as error:
            error.usage = self.spent
            raise

    def _ask_twice(self, question: ChatRequest) -> ImageTags:
        try:
            answer = self._answer(question)
            tags, length = self._read(answer)
        except MalformedOutput:
            return self._read(self._answer(question))[0]
        return tags if length <= LONGEST_ALT_TEXT else self._shorten(question, answer, length) or tags

    def _shorten(self, question: ChatRequest, answer: ChatAnswer, length: int) -> ImageTags | None:
        """Asks the model to shorten its alt text. Returns None where the new one isn't shorter; the first one is cut
        then.
        """
        wish = f"The alt text has {length} characters. Answer once more, with at most {LONGEST_ALT_TEXT} of them."
        conversation = ({"role": "assistant", "content": answer.text}, {"role": "user", "content": wish})
        try:
            tags, again = self._read(self._answer(replace(question, conversation=conversation)))
        except (TaggingFailed, Unavailable):
            return None
        return tags if again <= LONGEST_ALT_TEXT else None

    def _read(self, answer: ChatAnswer) -> tuple[ImageTags, int]:
        """Returns the tags, and the length of the alt text before it was cut."""
        alt_text, keywords, slug = answer.read()
        tags = ImageTags(alt_text, keywords, slug, f"openai:{self.tagger.model}", self.language)
        return normalize_tags(tags), len(clean(alt_text))

    def _answer(self, question: ChatRequest) -> ChatAnswer:
        """Returns the answer in the strictest dialect that the server accepts."""
        server = (self.tagger.server.base_url, self.tagger.model)
        dialect = DIALECTS.get(server, Dialect())
        answer = self._complete(question.in_dialect(dialect))
        while isinstance(answer, RequestRefused):
            simpler = dialect.after(answer.status, answer.reason)
            if simpler is None:
                raise answer
            dialect = simpler
            answer = self._complete(question.in_dialect(dialect))
        DIALECTS[server] = dialect
        found = read_answer(answer)
        self.spent = _add_tokens(self.spent, found.usage)
        return found

    def _complete(self, request: Mapping[str, Any]) -> Mapping[str, Any] | RequestRefused:
        """Sends the request. After a refused key, the key is read again, because it may have been replaced."""
        try:
            return self._send(self.tagger.server, request)
        except RequestRefused as error:
            renewed = self._renew_server() if error.status == KEY_REFUSED else self.tagger.server
            if renewed == self.tagger.server:
                return error
        try:
            return self._send(renewed, request)
        except RequestRefused as error:
            return error

    def _renew_server(self) -> ModelServer:
        arn, server = self.tagger.key_arn, self.tagger.server
        return replace(server, api_key=secrets.renew(arn).strip()) if arn else server

    def _send(self, server: ModelServer, request: Mapping[str, Any]) -> Mapping[str, Any]:
        return openai_client.complete(server, request, self.until - time.monotonic())


def configured_tagger() -> OpenaiTagger:
    config = settings()
    arn = config.openai_api_key_arn
    key = secrets.read(arn) if arn else config.openai_api_key
    return OpenaiTagger(
        ModelServer(config.openai_base_url, key.strip()),
        config.openai_model,
        config.tagging_prompt or prompt.INSTRUCTIONS,
        config.tagging_max_tokens,
        config.openai_seconds,
        arn,
    )


def _add_tokens(spent: Usage, more: Usage) -> Usage:
    return Usage(spent.input_tokens + more.input_tokens, spent.output_tokens + more.output_tokens)
