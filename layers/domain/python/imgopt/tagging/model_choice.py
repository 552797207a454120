"""`python -m imgopt.tagging.model_choice REGION`: who describes images there, by settings in standard input, as JSON.

Answers in JSON: `tagger`, and of Bedrock `name`, which is "" where no model is known, and `region`.
"""

import json
import os
import sys
from collections.abc import Mapping

from imgopt.settings import settings
from imgopt.tagging.availability import model_id


def find(given: Mapping[str, str], region: str) -> dict[str, str]:
    """As the stacks tell a function its region."""
    os.environ.update({"IMGOPT_TAGGING_REGION": region, **given})
    return {"tagger": settings().tagger, "name": model_id(), "region": settings().tagging_region}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(find(json.load(sys.stdin), *sys.argv[1:])))
