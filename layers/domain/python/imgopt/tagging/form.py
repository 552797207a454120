"""The form that a model fills in: what it may be, and what is read of it."""

from collections.abc import Mapping

from imgopt.storage.bedrock import ToolSchema
from imgopt.tagging.model import MalformedOutput
from imgopt.tagging.rules import FEWEST_KEYWORDS, LONGEST_ALT_TEXT, MOST_KEYWORDS
from imgopt.tagging.slugs import MAX_SLUG_LENGTH as LONGEST_SLUG

TAG_FORM = ToolSchema(
    name="describe_image",
    description="Stores the description of the image.",
    schema={
        "type": "object",
        "properties": {
            "alt_text": {
                "type": "string",
                "description": f"One plain sentence or phrase of at most {LONGEST_ALT_TEXT} characters.",
            },
            "keywords": {
                "type": "array",
                "items": {"type": "string"},
                "description": f"{FEWEST_KEYWORDS} to {MOST_KEYWORDS} search terms in lower case, best first.",
            },
            "slug": {
                "type": "string",
                "description": "A file name without an extension: 3 to 6 words in a-z and 0-9, with dashes between, "
                f"at most {LONGEST_SLUG} characters.",
            },
        },
        "required": ["alt_text", "keywords", "slug"],
    },
)


def read_form(said: object) -> tuple[str, tuple[str, ...], str]:
    """Alt text, keywords and slug as they were said; a slug can be made from the others. Raises MalformedOutput.

    Small models write keywords as one text, with commas between them, which the rules take apart.
    """
    if not isinstance(said, Mapping):
        raise MalformedOutput("The model filled in no form.")
    alt_text, keywords, slug = said.get("alt_text"), said.get("keywords"), said.get("slug")
    keywords = [keywords] if isinstance(keywords, str) else keywords
    if not isinstance(alt_text, str) or not isinstance(keywords, list):
        raise MalformedOutput("The model filled in something else.")
    if not all(isinstance(keyword, str) for keyword in keywords):
        raise MalformedOutput("The model gave keywords that are none.")
    return alt_text, tuple(keywords), slug if isinstance(slug, str) else ""
