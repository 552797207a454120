"""`python -m imgopt.checked_settings`: what is wrong with settings that stand in standard input, as JSON."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from pydantic import ValidationError

from imgopt.settings import Settings

PREFIX = "IMGOPT_"
# Made, and named, by the stacks.
OWN = (
    *("TABLE_NAME", "UPLOADS_BUCKET", "RESULTS_BUCKET", "STATE_MACHINE_ARN"),
    *("CALLBACKS_QUEUE_URL", "UPSCALES_QUEUE_URL", "SIGNING_SECRET_ARN"),
)


def find_faults(given: Mapping[str, str]) -> list[str]:
    """A sentence for each. None where the service would start with them."""
    return [*unknown(given), *unfit(given)]


def unknown(given: Mapping[str, str]) -> Iterator[str]:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in given:
        if name.removeprefix(PREFIX) in OWN:
            yield f"{name} is set by the stacks."
        elif name not in known:
            nearest = get_close_matches(name.upper(), known, 1)
            yield f"{name} is no setting." + (f" Did you mean {nearest[0]}?" if nearest else "")


def unfit(given: Mapping[str, str]) -> Iterator[str]:
    os.environ.update(given)
    try:
        Settings()
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False, include_context=False):
            yield f"{PREFIX}{str(each['loc'][0]).upper()}: {each['msg']}." if each["loc"] else f"{each['msg']}."


if __name__ == "__main__":
    sys.stdout.write("\n".join(find_faults(json.load(sys.stdin))))
