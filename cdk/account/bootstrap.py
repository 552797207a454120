"""The bootstrap stack of the CDK."""

from cdk.account.aws import AwsAccount, NoSuchResource
from cdk.account.installation import Installation
from cdk.account.model import Finding, missing, ok, unknown

# The versions that the rule CheckBootstrapVersion of the templates refuses.
TOO_OLD = ("1", "2", "3", "4", "5")


def version(account: AwsAccount, installation: Installation) -> Finding:
    remedy = f"make bootstrap ARGS=aws://{account.number}/{account.region}"
    try:
        found = account.ask("ssm", "get_parameter", Name=f"/cdk-bootstrap/{installation.qualifier}/version")
    except NoSuchResource:
        return missing("this account and region are not bootstrapped, which every deployment needs", remedy)
    value = found.get("Parameter", {}).get("Value")
    if not value:
        return unknown("not checked: ssm:GetParameter returned no version")
    if value in TOO_OLD:
        return missing(f"version {value}, but these templates need one above {TOO_OLD[-1]}", remedy)
    return ok(f"version {value}")
