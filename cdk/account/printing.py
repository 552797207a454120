"""Prints findings as plain text."""

from collections.abc import Sequence

from cdk.account.aws import AwsAccount
from cdk.account.installation import Installation
from cdk.account.model import CheckStatus, Finding

STATUS_WIDTH = max(len(status) for status in CheckStatus) + 2
OPTIONS = ' Pass options (-c) in ARGS: make deploy ARGS="-c ...".'


def heading(account: AwsAccount, installation: Installation) -> str:
    return (
        f"Account {account.number} in {account.region}, as {account.caller}.\n"
        f"Stacks of this installation: {', '.join(installation.stacks)}.\n"
    )


def line(subject: str, finding: Finding) -> str:
    """The line of a finding, and one for each remedy."""
    first = f"{finding.status:<{STATUS_WIDTH}}{subject}: {finding.text}."
    return "\n".join([first, *(f"{'':<{STATUS_WIDTH}}  {remedy}" for remedy in finding.remedies)])


def summary(findings: Sequence[Finding]) -> str:
    counts = {status: sum(each.status is status for each in findings) for status in CheckStatus}
    total = (
        f"\n{counts[CheckStatus.OK]} ok, {counts[CheckStatus.MISSING]} missing, {counts[CheckStatus.UNKNOWN]} unknown."
    )
    has_options = any(remedy.startswith("-c ") for each in findings for remedy in each.remedies)
    return f"{total} Nothing was changed.{OPTIONS if has_options else ''}"
