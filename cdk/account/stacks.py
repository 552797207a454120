"""Existing stacks and log groups with the names that deploying would use."""

from typing import Any

from cdk.account.aws import AwsAccount, NoSuchResource
from cdk.account.installation import Installation
from cdk.account.model import Finding, missing, ok

# The command that gets a stack out of a state in which it can't be updated. Tables, buckets and users are kept.
RECOVERY_COMMANDS = {
    "CREATE_FAILED": "delete-stack",
    "ROLLBACK_COMPLETE": "delete-stack",
    "ROLLBACK_FAILED": "delete-stack",
    "DELETE_FAILED": "delete-stack",
    "UPDATE_FAILED": "rollback-stack",
    "UPDATE_ROLLBACK_FAILED": "continue-update-rollback",
}
# The state of a stack of which only a change set exists.
PLANNED = "REVIEW_IN_PROGRESS"


def deployed_stacks(account: AwsAccount, installation: Installation) -> Finding:
    found = find(account, installation.stacks)
    stuck = {name: each["StackStatus"] for name, each in found.items() if is_stuck(each["StackStatus"])}
    if stuck:
        text = ", ".join(f"{name} is {state}" for name, state in stuck.items())
        return missing(f"{text}, which can't be updated", *(recovery_command(account, *each) for each in stuck.items()))
    if not found:
        return ok(f"none with the name {installation.name} exists yet")
    changed = max(each.get("LastUpdatedTime") or each["CreationTime"] for each in found.values())
    text = f"already deployed, last changed on {changed:%Y-%m-%d}: {', '.join(found)}. Deploying updates it"
    return ok(text, "-c name=Another creates a second installation")


def unused_stacks(account: AwsAccount, installation: Installation) -> Finding:
    found = find(account, installation.unused_stacks)
    if not found:
        return ok("none")
    text = f"{', '.join(found)} come from other settings, and deploying does not delete them. Delete them if unused"
    return ok(text, *(command(account, "delete-stack", name) for name in found))


def log_groups(account: AwsAccount, installation: Installation) -> Finding:
    """Log groups with fixed names. They can outlive their stack, if a log entry arrived after its deletion."""
    pipeline = f"{installation.name}Pipeline"
    first = f"/aws/vendedlogs/states/{pipeline}"
    groups = account.ask("logs", "describe_log_groups", logGroupNamePrefix=first).get("logGroups", [])
    names = [each["logGroupName"] for each in groups if each["logGroupName"] in (first, f"{first}/express")]
    if not names:
        return ok(f"the name {first} is free")
    if find(account, (pipeline,)):
        return ok(f"{first} belongs to this installation")
    remedies = [f"aws logs delete-log-group --log-group-name {name} --region {account.region}" for name in names]
    text = f"{' and '.join(names)}: left from an earlier installation, which makes deploying fail"
    return missing(text, *remedies)


def find(account: AwsAccount, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """CloudFormation's descriptions of the stacks that exist, by name."""
    found = {name: each for name in names for each in described(account, name)}
    return {name: each for name, each in found.items() if each["StackStatus"] != PLANNED}


def described(account: AwsAccount, name: str) -> list[dict[str, Any]]:
    """The description of a stack, or an empty list."""
    try:
        return list(account.ask("cloudformation", "describe_stacks", StackName=name).get("Stacks", []))
    except NoSuchResource:
        return []


def is_stuck(state: str) -> bool:
    return state in RECOVERY_COMMANDS or state.endswith("_IN_PROGRESS")


def recovery_command(account: AwsAccount, name: str, state: str) -> str:
    """The command that gets a stack out of its state. For one that is being changed, it waits."""
    return command(account, RECOVERY_COMMANDS.get(state, "describe-stacks"), name)


def command(account: AwsAccount, verb: str, name: str) -> str:
    return f"aws cloudformation {verb} --stack-name {name} --region {account.region}"
