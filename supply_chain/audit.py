"""`python -m supply_chain.audit` asks services for known vulnerabilities of locked components.

The exit code is 0 if all services answered and know of none, 1 if a vulnerability is known, and 3 if something was not
audited, because a service did not answer.
"""

import sys
from collections.abc import Callable, Mapping
from enum import IntEnum

from supply_chain.advisories import Advisories, NotAudited, of_node, of_python, of_wheels


class Result(IntEnum):
    """The result of an audit, which is an exit code."""

    NONE_KNOWN = 0
    FLAWS = 1
    NOT_AUDITED = 3


AUDITS: Mapping[str, Callable[[], Advisories]] = {
    "Python packages": of_python,
    "npm packages": of_node,
    "libraries in wheels": of_wheels,
}


def main() -> Result:
    results = [audit(subject, ask) for subject, ask in AUDITS.items()]
    return next((result for result in (Result.FLAWS, Result.NOT_AUDITED) if result in results), Result.NONE_KNOWN)


def audit(subject: str, ask: Callable[[], Advisories]) -> Result:
    try:
        answer = ask()
    except NotAudited as reason:
        print(f"{subject}: NOT AUDITED: {reason}")
        return Result.NOT_AUDITED
    print(f"{subject}: {len(answer.flaws)} of {answer.queried} components have known vulnerabilities")
    for flaw in answer.flaws:
        print(f"  {flaw}")
    if answer.unknown:
        print(f"  not audited, because their versions are unknown: {', '.join(answer.unknown)}")
    return Result.FLAWS if answer.flaws else Result.NONE_KNOWN


if __name__ == "__main__":
    sys.exit(main())
