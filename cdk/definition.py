"""The state machine's definition: optimize.asl.json, whose states name the retry policies of retries.json beside it.

`python -m cdk.definition` prints it, for programs that read Amazon States Language. ARNs are still to be substituted.
"""

import json

from cdk.paths import STATE_MACHINE

STATES, RETRIES_FILE = STATE_MACHINE / "optimize.asl.json", STATE_MACHINE / "retries.json"


def definition() -> str:
    """With a list of retriers wherever a state says `"Retry": "${NAME}"`."""
    text = STATES.read_text()
    for name, retriers in json.loads(RETRIES_FILE.read_text()).items():
        text = text.replace(f'"Retry": "${{{name}}}"', f'"Retry": {json.dumps(retriers)}')
    return text


if __name__ == "__main__":
    print(definition())  # noqa: T201
