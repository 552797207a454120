"""What Lambda allows, and the layer of AWS's that a function has."""

from cdk.account.aws import AwsAccount, Denied, NotThere
from cdk.account.installation import Installation
from cdk.account.model import Finding, missing, ok, unknown
from cdk.account.quotas import LAMBDA_CONCURRENCY, increase_command
from cdk.constructs.streaming import WEB_ADAPTER

# AWS's default. New accounts have 10 as a rule.
CONCURRENCY = 1000
# What new accounts allow a function, as told by CreateFunction's refusal of more.
NEW_ACCOUNT_MB = 3008
SUPPORT = "https://console.aws.amazon.com/support/home#/case/create?issueType=service-limit-increase"


def concurrency(account: AwsAccount, _: Installation) -> Finding:
    limits = account.ask("lambda", "get_account_settings").get("AccountLimit", {})
    most = limits.get("ConcurrentExecutions")
    if most is None:
        return unknown("could not look: lambda:GetAccountSettings tells no limit")
    text = f"{most} functions may run at once here, {limits.get('UnreservedConcurrentExecutions', most)} unreserved"
    if most >= CONCURRENCY:
        return ok(text)
    meaning = f"each request, each step of a job and each open status stream holds one: ask for {CONCURRENCY}"
    return missing(f"{text}; {meaning}", increase_command(account, LAMBDA_CONCURRENCY, CONCURRENCY))


def is_large(installation: Installation) -> bool:
    return max(installation.memory.values()) > NEW_ACCOUNT_MB


def memory(_: AwsAccount, installation: Installation) -> Finding:
    large = {key: size for key, size in installation.memory.items() if size > NEW_ACCOUNT_MB}
    said = ", ".join(f"{key} is {size}" for key, size in large.items())
    return unknown(
        f"{said}; new accounts allow {NEW_ACCOUNT_MB} MB, and no call tells whether this one allows more. Try it with"
        " a function of yours; where Lambda refuses it, ask AWS's support, or do with less",
        f"aws lambda update-function-configuration --memory-size {max(large.values())} --function-name YOURS",
        SUPPORT,
        " ".join(f"-c {key}={NEW_ACCOUNT_MB}" for key in large),
    )


def web_adapter(account: AwsAccount, _: Installation) -> Finding:
    """Of a layer that is not published in a region, Lambda says that it doesn't allow anyone."""
    arn = WEB_ADAPTER.format(account.partition, account.region)
    nowhere = missing(
        f"{arn} is not published here, and the function that streams needs it: take another region",
        "https://github.com/awslabs/aws-lambda-web-adapter",
    )
    try:
        account.ask("lambda", "get_layer_version_by_arn", Arn=arn)
    except NotThere:
        return nowhere
    except Denied as error:
        if "resource-based policy" in error.said:
            return nowhere
        raise
    return ok(f"{arn} is there")
