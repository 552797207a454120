"""Schedules that EventBridge Scheduler refuses, and emulators accept: expressions, and roles without permission."""

import re
from collections.abc import Iterator

from tests.roles.policies import Action, Installation, Role

SCHEDULE = "AWS::Scheduler::Schedule"
RATE = re.compile(r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)")
ONCE = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
CRON = re.compile(r"cron\((.+)\)")
# Minutes, hours, day of the month, month, day of the week, year.
FIELDS, DAY_OF_MONTH, DAY_OF_WEEK = 6, 2, 4


def expressions(stacks: Installation) -> Iterator[str]:
    for _, name, schedule in stacks.resources(SCHEDULE):
        if not is_expression(schedule["ScheduleExpression"]):
            yield f"{name}: {schedule['ScheduleExpression']}"


def is_expression(text: str) -> bool:
    """Returns whether the expression is valid. One of the two fields for days must be a question mark."""
    if found := CRON.fullmatch(text):
        fields = found[1].split(" ")
        return len(fields) == FIELDS and (fields[DAY_OF_MONTH] == "?") != (fields[DAY_OF_WEEK] == "?")
    return bool(RATE.fullmatch(text) or ONCE.fullmatch(text))


def rights(stacks: Installation) -> Iterator[str]:
    for template, name, schedule in stacks.resources(SCHEDULE):
        target = schedule["Target"]
        role = stacks.role_of(target["RoleArn"]["Fn::GetAtt"][0])
        wanted = [action_of(stacks.text(template, target["Arn"]), role)]
        if letters := target.get("DeadLetterConfig"):
            wanted.append(Action("sqs:SendMessage", stacks.text(template, letters["Arn"])))
        yield from (f"{name}: its role may not {each}" for each in wanted if not role.allows(each))


def action_of(target: str, role: Role) -> Action:
    """A function is invoked; of any other service a schedule calls an operation, on what its role names."""
    call = re.fullmatch(r"arn:aws:scheduler:::aws-sdk:(\w+):(\w)(\w+)", target)
    if call is None:
        return Action("lambda:InvokeFunction", target)
    service, first, rest = call.groups()
    name = f"{service}:{first.upper()}{rest}"
    resources = [each.resources[0] for each in role.statements if name in each.actions]
    return Action(name, resources[0] if resources else "nothing")


RULES = (expressions, rights)
