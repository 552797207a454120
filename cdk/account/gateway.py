"""What API Gateway has once for all APIs of an account and region."""

from cdk.account.aws import AwsAccount
from cdk.account.installation import Installation
from cdk.account.model import Finding, missing, ok


def log_role(account: AwsAccount, installation: Installation) -> Finding:
    arn = account.ask("apigateway", "get_account").get("cloudwatchRoleArn", "")
    if not installation.sets_log_role:
        if arn:
            return ok(f"{arn} is set and stays")
        return missing("none is set, and without one the API's logs can't be switched on", "-c log_role=true")
    if not arn or f"role/{installation.name}Api-" in arn:
        return ok("set by this installation" if arn else "none yet: deploying sets one")
    return missing(f"{arn} is set by others, and deploying would replace it for all APIs here", "-c log_role=false")
