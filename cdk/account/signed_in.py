"""`python -m cdk.account.signed_in COMMAND ...`: the CDK command line, once AWS has answered to the credentials.

By itself it would say after a minute, when all templates are written, that it knows no account. Ends with 2 where AWS
takes no credentials, with a sentence on what to do, and else as the command line does.
"""

import argparse
import sys
from collections.abc import Sequence

from cdk.account.aws import NotChecked, identify
from cdk.node import run_program

ENVIRONMENT = "aws://"  # an account and a region, as `cdk bootstrap` takes them


def main(arguments: Sequence[str]) -> int:
    try:
        identify(profile=profile_in(arguments), region=region_in(arguments))
    except NotChecked as error:
        sys.stderr.write(f"imgopt: {error}\n")
        return 2
    return run_program("cdk", *arguments)


def profile_in(arguments: Sequence[str]) -> str | None:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--profile")
    found: str | None = parser.parse_known_args(arguments)[0].profile
    return found


def region_in(arguments: Sequence[str]) -> str | None:
    """That of an environment such as aws://123456789012/eu-west-1."""
    return next((each.rpartition("/")[2] for each in arguments if each.startswith(ENVIRONMENT)), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
