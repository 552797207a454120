"""What the CDK command line keeps in an account for itself."""

from cdk.account.aws import AwsAccount, NotThere
from cdk.account.installation import Installation
from cdk.account.model import Finding, missing, ok, unknown

# As the rule CheckBootstrapVersion of the templates has them.
TOO_OLD = ("1", "2", "3", "4", "5")


def version(account: AwsAccount, installation: Installation) -> Finding:
    remedy = f"make bootstrap ARGS=aws://{account.number}/{account.region}"
    try:
        found = account.ask("ssm", "get_parameter", Name=f"/cdk-bootstrap/{installation.qualifier}/version")
    except NotThere:
        return missing("not done for this account and region, and nothing can be deployed without it", remedy)
    value = found.get("Parameter", {}).get("Value")
    if not value:
        return unknown("could not look: ssm:GetParameter tells no version")
    if value in TOO_OLD:
        return missing(f"version {value}, and these templates want one after {TOO_OLD[-1]}", remedy)
    return ok(f"version {value}")
