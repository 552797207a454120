"""`python -m imgopt.tagging.model_choice REGION`: prints the tagger for settings that are read as JSON from standard
input.

Prints JSON: `tagger`, and for Bedrock `name` ("" where no model is known) and `region`.
"""

import json
import os
import sys
from collections.abc import Mapping

from imgopt.settings import settings
from imgopt.tagging.availability import model_id


def find(given: Mapping[str, str], region: str) -> dict[str, str]:
    """Returns the choice for settings in a region, which the stacks pass to functions in the same way."""
    os.environ.update({"IMGOPT_TAGGING_REGION": region, **given})
    return {"tagger": settings().tagger, "name": model_id(), "region": settings().tagging_region}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(find(json.load(sys.stdin), *sys.argv[1:])))
