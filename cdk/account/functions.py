"""Limits of Lambda, and AWS's layer that a function needs."""

from cdk.account.aws import AwsAccount, Denied, NoSuchResource
from cdk.account.installation import Installation
from cdk.account.model import Finding, missing, ok, unknown
from cdk.account.quotas import LAMBDA_CONCURRENCY, increase_command
from cdk.web_adapter import WEB_ADAPTER

# AWS's default concurrency. New accounts usually have 10.
CONCURRENCY = 1000
# The largest memory of a function in new accounts, from the error of CreateFunction.
NEW_ACCOUNT_MB = 3008
SUPPORT = "https://console.aws.amazon.com/support/home#/case/create?issueType=service-limit-increase"


def concurrency(account: AwsAccount, _: Installation) -> Finding:
    limits = account.ask("lambda", "get_account_settings").get("AccountLimit", {})
    most = limits.get("ConcurrentExecutions")
    if most is None:
        return unknown("not checked: lambda:GetAccountSettings returned no limit")
    unreserved = limits.get("UnreservedConcurrentExecutions", most)
    text = f"the concurrency limit is {most}, of which {unreserved} are unreserved"
    if most >= CONCURRENCY:
        return ok(text)
    meaning = f"each request, stage of a job and open status stream uses one; request {CONCURRENCY}"
    return missing(f"{text}; {meaning}", increase_command(account, LAMBDA_CONCURRENCY, CONCURRENCY))


def is_large(installation: Installation) -> bool:
    return max(installation.memory.values()) > NEW_ACCOUNT_MB


def memory(_: AwsAccount, installation: Installation) -> Finding:
    large = {key: size for key, size in installation.memory.items() if size > NEW_ACCOUNT_MB}
    text = ", ".join(f"{key} is {size}" for key, size in large.items())
    return unknown(
        f"{text}; new accounts allow {NEW_ACCOUNT_MB} MB, and AWS does not tell the limit of this one. Try it with one"
        " of your functions. If Lambda refuses it, ask AWS Support, or set less memory",
        f"aws lambda update-function-configuration --memory-size {max(large.values())} --function-name YOURS",
        SUPPORT,
        " ".join(f"-c {key}={NEW_ACCOUNT_MB}" for key in large),
    )


def web_adapter(account: AwsAccount, _: Installation) -> Finding:
    """Whether the layer exists. For one that is not published in a region, Lambda answers that access is denied."""
    arn = WEB_ADAPTER.format(account.partition, account.region)
    nowhere = missing(
        f"{arn} is not published in this region. The function for streams needs it; use another region",
        "https://github.com/awslabs/aws-lambda-web-adapter",
    )
    try:
        account.ask("lambda", "get_layer_version_by_arn", Arn=arn)
    except NoSuchResource:
        return nowhere
    except Denied as error:
        if "resource-based policy" in error.message:
            return nowhere
        raise
    return ok(f"{arn} exists")
