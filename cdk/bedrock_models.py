"""The ids of models in Amazon Bedrock."""

# The same value as in imgopt.tagging.availability.
DEFAULT_MODEL = "amazon.nova-lite-v1:0"
# The prefixes of AWS's inference profiles. The rest of their name is the model.
GEOGRAPHIES = ("us", "us-gov", "eu", "apac", "jp", "au", "ca", "global")


def model_of(named: str) -> str:
    """The id of a model. The region prefix of an inference profile is removed."""
    model_id = named.rpartition("/")[2]
    first, _, rest = model_id.partition(".")
    return rest if first in GEOGRAPHIES else model_id
