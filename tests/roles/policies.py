"""The permissions of the templates' roles, with this process's names of table, buckets, queue and machines."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.roles.matching import matches

Template = dict[str, Any]
ACCOUNT, REGION = "123456789012", "us-east-1"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "stack",
}
ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{{}}",
    "AWS::SecretsManager::Secret": "{}",
}
VARIABLE = re.compile(r"\$\{([\w:]+)\}")
# What Ref gives of these is an ARN, too.
REFERRED_BY_ARN = ("AWS::SecretsManager::Secret", "AWS::StepFunctions::StateMachine")


@dataclass(frozen=True)
class Action:
    """An action that IAM checks: its name, its resource, and the values for conditions."""

    name: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        asked = ", ".join(f"{key} {list(values)}" for key, values in self.context.items())
        return f"{self.name} on {self.resource}" + (f" with {asked}" if asked else "")


@dataclass(frozen=True)
class Statement:
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]]

    def names(self, action: str) -> bool:
        return any(matches(pattern.lower(), action.lower()) for pattern in self.actions)

    def covers(self, action: Action) -> bool:
        """Of an action that it names: returns whether it holds for this resource and these values."""
        return any(matches(pattern, action.resource) for pattern in self.resources) and all(
            holds(test, keys, action.context) for test, keys in self.conditions.items()
        )


class Role:
    """A role. An action is refused if no statement allows it, or if a statement denies it."""

    def __init__(self, statements: list[Statement]) -> None:
        self.statements = statements
        self._naming = cache(lambda action: [each for each in statements if each.names(action)])

    def allows(self, action: Action) -> bool:
        covering = [each for each in self._naming(action.name) if each.covers(action)]
        return bool(covering) and all(each.allows for each in covering)


def holds(test: str, keys: Mapping[str, Any], context: Mapping[str, tuple[str, ...]]) -> bool:
    """Returns whether an operator of a condition holds. Without values, ForAllValues holds."""
    quantifier, _, operator = test.rpartition(":")
    assert operator in ("StringLike", "StringEquals"), f"{test} is not known here"
    for key, wanted in keys.items():
        given = context.get(key, ())
        fits = [any(fit(operator, each, value) for each in as_list(wanted)) for value in given]
        if not (all(fits) if quantifier == "ForAllValues" else any(fits)):
            return False
    return True


def fit(operator: str, wanted: str, value: str) -> bool:
    return matches(wanted, value) if operator == "StringLike" else wanted == value


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class Installation:
    """All stacks, as CloudFormation would put their parts together. `names` by what a logical id begins with."""

    def __init__(self, templates: Mapping[str, Template], names: Mapping[str, str]) -> None:
        self._templates, self._names = templates, names
        self._exports = {
            output["Export"]["Name"]: (template, output["Value"])
            for template in templates.values()
            for output in template.get("Outputs", {}).values()
            if "Export" in output
        }
        machines = self.resources("AWS::StepFunctions::StateMachine")
        self._machines = {machine["StateMachineName"]: self._name(logical_id) for _, logical_id, machine in machines}

    def resources(self, kind: str) -> Iterator[tuple[Template, str, dict[str, Any]]]:
        """The stack, logical id and properties of each."""
        for template in self._templates.values():
            for logical_id, resource in template["Resources"].items():
                if resource["Type"] == kind:
                    yield template, logical_id, resource.get("Properties", {})

    def role_of(self, role_name: str) -> Role:
        """The role with that logical id."""
        return Role([*self._statements(lambda policy: {"Ref": role_name} in policy["Roles"])])

    def role(self, name: str) -> Role:
        """The role of a function or another resource, by name."""
        return Role([*self._statements(lambda policy: is_of(policy, name))])

    def _statements(self, fits: Callable[[dict[str, Any]], bool]) -> Iterator[Statement]:
        for template, _, policy in self.resources("AWS::IAM::Policy"):
            if fits(policy):
                yield from (self._statement(template, each) for each in policy["PolicyDocument"]["Statement"])

    def _statement(self, template: Template, statement: dict[str, Any]) -> Statement:
        assert not statement.keys() & {"NotAction", "NotResource"}
        return Statement(
            statement["Effect"] == "Allow",
            tuple(as_list(statement["Action"])),
            tuple(self.text(template, each) for each in as_list(statement["Resource"])),
            {test: self._texts(template, keys) for test, keys in statement.get("Condition", {}).items()},
        )

    def _texts(self, template: Template, keys: dict[str, Any]) -> dict[str, list[str]]:
        return {key: [self.text(template, each) for each in as_list(wanted)] for key, wanted in keys.items()}

    def text(self, template: Template, value: Any) -> str:
        """A value of a template, with all that it refers to."""
        if isinstance(value, str):
            return self._renamed(value)
        ((function, asked),) = value.items()
        resolve = {
            "Fn::Join": lambda: self._renamed(asked[0].join(self.text(template, part) for part in asked[1])),
            "Fn::ImportValue": lambda: self.text(*self._exports[self.text(template, asked)]),
            "Fn::Select": lambda: self.text(template, asked[1][asked[0]]),
            "Fn::GetAtt": lambda: self._attribute(template, *asked),
            "Fn::Sub": lambda: VARIABLE.sub(lambda found: self._referred(template, found[1]), asked),
            "Ref": lambda: self._referred(template, asked),
        }
        return resolve[function]()

    def _referred(self, template: Template, logical_id: str) -> str:
        if logical_id in PSEUDO:
            return PSEUDO[logical_id]
        if template["Resources"][logical_id]["Type"] in REFERRED_BY_ARN:
            return self._attribute(template, logical_id, "Arn")
        return self._name(logical_id)

    def _attribute(self, template: Template, logical_id: str, attribute: str) -> str:
        """Of what is no ARN there is but a name, and all else stays what it is called."""
        kind = template["Resources"][logical_id]["Type"]
        if attribute == "Name":
            return self._name(logical_id)
        if attribute != "Arn" or kind not in ARNS:
            return f"{logical_id}.{attribute}"
        return ARNS[kind].format(self._name(logical_id))

    def _name(self, logical_id: str) -> str:
        found = [name for prefix, name in self._names.items() if logical_id.startswith(prefix)]
        return found[0] if found else logical_id

    def _renamed(self, text: str) -> str:
        """The ARNs with the names of state machines in this process."""
        for name, known in self._machines.items():
            text = re.sub(rf"(?<=:){name}(?=:|$)", known, text)
        return text


def is_of(policy: dict[str, Any], name: str) -> bool:
    return any(each["Ref"].startswith(f"{name}Role") for each in policy["Roles"])
