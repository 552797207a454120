"""`python -m cdk.account [-c key=value ...]` checks what an AWS account and region lack for a deployment.

It changes nothing. The context is that of cdk.json with the values of `-c`, as with `cdk deploy`. The exit code is 0 if
nothing is missing, 1 if something is, and 2 if nothing could be checked.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence

from cdk.node import NODE
from cdk.paths import ROOT

os.environ.setdefault("JSII_NODE", str(NODE))

from cdk.account.aws import NotChecked, identify
from cdk.account.checks import run_checks
from cdk.account.installation import installation_of
from cdk.account.model import exit_code
from cdk.account.printing import heading, line, summary


def main(arguments: Sequence[str]) -> int:
    try:
        account = identify()
        installation = installation_of(context_of(arguments), account.region)
    except (NotChecked, ValueError) as error:
        sys.stderr.write(f"imgopt: {error}\n")
        return 2
    say(heading(account, installation))
    findings = []
    for subject, finding in run_checks(account, installation):
        findings.append(finding)
        say(line(subject, finding))
    say(summary(findings))
    return exit_code(findings)


def context_of(arguments: Sequence[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="python -m cdk.account", description="Check what the AWS account lacks.")
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE", type=pair)
    usual: dict[str, object] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return usual | dict(parser.parse_args(arguments).context)


def pair(text: str) -> tuple[str, str]:
    key, mark, value = text.partition("=")
    if not mark:
        raise argparse.ArgumentTypeError(f"{text} is not of the form key=value")
    return key, value


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
