"""The log role of API Gateway, which all APIs of an account and region share."""

from cdk.account.aws import AwsAccount
from cdk.account.installation import Installation
from cdk.account.model import Finding, missing, ok


def log_role(account: AwsAccount, installation: Installation) -> Finding:
    arn = account.ask("apigateway", "get_account").get("cloudwatchRoleArn", "")
    if not installation.sets_log_role:
        if arn:
            return ok(f"{arn} is set and will be kept")
        return missing("none is set, and the API's logs need one", "-c log_role=true")
    if not arn or f"role/{installation.name}Api-" in arn:
        return ok("set by this installation" if arn else "none is set; deploying sets one")
    text = f"{arn} is set by another program, and deploying would replace it for all APIs in this region"
    return missing(text, "-c log_role=false")
