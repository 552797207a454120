"""What is already there under the names that deploying would take."""

from typing import Any

from cdk.account.aws import AwsAccount, NotThere
from cdk.account.installation import Installation
from cdk.account.model import Finding, missing, ok

# What gets a stack out of a state from which it can't be updated. Tables, buckets and users stay in any case.
WAYS_OUT = {
    "CREATE_FAILED": "delete-stack",
    "ROLLBACK_COMPLETE": "delete-stack",
    "ROLLBACK_FAILED": "delete-stack",
    "DELETE_FAILED": "delete-stack",
    "UPDATE_FAILED": "rollback-stack",
    "UPDATE_ROLLBACK_FAILED": "continue-update-rollback",
}
# Said by CloudFormation of a stack that nobody has made yet, though it was looked at what making it would do.
PLANNED = "REVIEW_IN_PROGRESS"


def standing(account: AwsAccount, installation: Installation) -> Finding:
    found = find(account, installation.stacks)
    stuck = {name: each["StackStatus"] for name, each in found.items() if is_stuck(each["StackStatus"])}
    if stuck:
        said = ", ".join(f"{name} is {state}" for name, state in stuck.items())
        return missing(f"{said}, and can't be deployed to", *(way_out(account, *each) for each in stuck.items()))
    if not found:
        return ok(f"none of the name {installation.name} yet")
    changed = max(each.get("LastUpdatedTime") or each["CreationTime"] for each in found.values())
    said = f"there already, last changed on {changed:%Y-%m-%d}: {', '.join(found)}. Deploying changes that installation"
    return ok(said, "-c name=Another makes a second one beside it")


def unused(account: AwsAccount, installation: Installation) -> Finding:
    found = find(account, installation.unused_stacks)
    if not found:
        return ok("none")
    said = f"{', '.join(found)} would be left from other settings; when nothing uses them any more, delete them"
    return ok(said, *(command(account, "delete-stack", name) for name in found))


def log_groups(account: AwsAccount, installation: Installation) -> Finding:
    """Those with names of their own, which may outlive their stack where a log came late."""
    pipeline = f"{installation.name}Pipeline"
    first = f"/aws/vendedlogs/states/{pipeline}"
    groups = account.ask("logs", "describe_log_groups", logGroupNamePrefix=first).get("logGroups", [])
    names = [each["logGroupName"] for each in groups if each["logGroupName"] in (first, f"{first}/express")]
    if not names:
        return ok(f"{first} is free")
    if find(account, (pipeline,)):
        return ok(f"{first} is this installation's")
    remedies = [f"aws logs delete-log-group --log-group-name {name} --region {account.region}" for name in names]
    said = f"{' and '.join(names)}: left from an installation before, and no name can be taken again"
    return missing(said, *remedies)


def find(account: AwsAccount, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What CloudFormation says of those that there are."""
    found = {name: each for name in names for each in described(account, name)}
    return {name: each for name, each in found.items() if each["StackStatus"] != PLANNED}


def described(account: AwsAccount, name: str) -> list[dict[str, Any]]:
    """One stack, or none."""
    try:
        return list(account.ask("cloudformation", "describe_stacks", StackName=name).get("Stacks", []))
    except NotThere:
        return []


def is_stuck(state: str) -> bool:
    return state in WAYS_OUT or state.endswith("_IN_PROGRESS")


def way_out(account: AwsAccount, name: str, state: str) -> str:
    """Where it is being changed, waiting is."""
    return command(account, WAYS_OUT.get(state, "describe-stacks"), name)


def command(account: AwsAccount, verb: str, name: str) -> str:
    return f"aws cloudformation {verb} --stack-name {name} --region {account.region}"
