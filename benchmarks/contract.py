"""`make bench-contract` sends thousands of generated requests, and checks each answer against the served document.

The service runs in this process, with the DynamoDB, S3 and Step Functions of moto. The same seed gives the same
requests. Each failure is printed with its request.
"""

import argparse
import os
import sys
import time
from collections import Counter
from typing import Any

import pytest
import schemathesis

from local.private_files import ROOT

TESTS = ROOT / "tests" / "contract" / "test_schemathesis.py"
QUIETLY = ("--quiet", "--no-header", "--show-capture=no", "--disable-warnings", "-p", "no:cacheprovider")


def main() -> None:
    arguments = parse_arguments()
    os.environ.update(CONTRACT_SEED=str(arguments.seed), CONTRACT_EXAMPLES=str(arguments.examples))
    answers = count_answers()
    started = time.monotonic()
    failed = pytest.main([str(TESTS), *QUIETLY]) != pytest.ExitCode.OK
    report(answers, arguments, time.monotonic() - started)
    sys.exit(1 if failed else 0)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Made-up requests against the served OpenAPI document.")
    parser.add_argument("--examples", type=int, default=100, help="random requests for each operation")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def count_answers() -> Counter[tuple[int, str]]:
    """A counter that is filled by all requests: their numbers by status, and whether answers matched their schema."""
    answers: Counter[tuple[int, str]] = Counter()

    @schemathesis.hook
    def after_call(_: object, case: schemathesis.Case[Any], response: schemathesis.Response) -> None:
        mode = case.meta.generation.mode.value if case.meta else "other"
        answers[response.status_code, mode] += 1

    return answers


def report(answers: Counter[tuple[int, str]], arguments: argparse.Namespace, seconds: float) -> None:
    print(f"{answers.total()} requests (seed {arguments.seed}) in {seconds:.0f} s")
    for status in sorted({status for status, _ in answers}):
        valid, invalid = answers[status, "positive"], answers[status, "negative"]
        print(f"  {status}  {valid:6} valid requests, {invalid:6} invalid ones")


if __name__ == "__main__":
    main()
