"""The form (a tool schema) that a model fills in, and its parsing."""

from collections.abc import Mapping

from imgopt.storage.bedrock import ToolSchema
from imgopt.tagging.model import MalformedOutput
from imgopt.tagging.rules import FEWEST_KEYWORDS, LONGEST_ALT_TEXT, MOST_KEYWORDS
from imgopt.tagging.slugs import MAX_SLUG_LENGTH as LONGEST_SLUG

TAG_SCHEMA = ToolSchema(
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


def read_tag_fields(answer: object) -> tuple[str, tuple[str, ...], str]:
    """Returns alt text, keywords and slug, unchecked; a missing slug can be derived. Raises MalformedOutput.

    Small models write keywords as one text with commas, which `rules` splits.
    """
    if not isinstance(answer, Mapping):
        raise MalformedOutput("The model did not fill in the form.")
    alt_text, keywords, slug = answer.get("alt_text"), answer.get("keywords"), answer.get("slug")
    keywords = [keywords] if isinstance(keywords, str) else keywords
    if not isinstance(alt_text, str) or not isinstance(keywords, list):
        raise MalformedOutput("The model filled in the form with values of other types.")
    if not all(isinstance(keyword, str) for keyword in keywords):
        raise MalformedOutput("The model gave invalid keywords.")
    return alt_text, tuple(keywords), slug if isinstance(slug, str) else ""
