"""The function that answers a request behind API Gateway, by the routes of the template."""

import json
import re
from typing import Any

# The logical id of a function begins with its name.
FUNCTION = re.compile(r'"([A-Z][A-Za-z]+)Function[0-9A-F]{8}')
VARIABLE, REST = re.compile(r"\{\w+\}"), re.compile(r"\{\w+\+\}")


class Routes:
    """A resource whose name fits exactly comes before a variable, and that before one that takes all the rest."""

    def __init__(self, template: dict[str, Any]) -> None:
        resources = template["Resources"].values()
        methods = [each["Properties"] for each in resources if each["Type"] == "AWS::ApiGateway::Method"]
        self._functions = {
            (path_of(template, each["ResourceId"]), each["HttpMethod"]): function_in(each["Integration"])
            for each in methods
        }

    def function_of(self, method: str, path: str) -> str:
        found = self._resource_for([part for part in path.split("/") if part])
        return self._functions.get((found, method)) or self._functions[found, "ANY"]

    def _resource_for(self, parts: list[str]) -> str:
        known = {path for path, _ in self._functions}
        fitting = [path for path in known if fits(path.strip("/").split("/") if path else [], parts)]
        return max(fitting, key=specificity)


def path_of(template: dict[str, Any], reference: dict[str, Any]) -> str:
    """The path of a resource, with a slash before each part; "" for the root."""
    if "Ref" not in reference:
        return ""
    part = template["Resources"][reference["Ref"]]["Properties"]
    return f"{path_of(template, part['ParentId'])}/{part['PathPart']}"


def fits(pattern: list[str], parts: list[str]) -> bool:
    if pattern and REST.fullmatch(pattern[-1]):
        return len(parts) >= len(pattern) and fits(pattern[:-1], parts[: len(pattern) - 1])
    same = (VARIABLE.fullmatch(wanted) or wanted == part for wanted, part in zip(pattern, parts, strict=False))
    return len(pattern) == len(parts) and all(same)


def specificity(path: str) -> list[int]:
    """The order of routes: by their parts from the left."""
    return [0 if REST.fullmatch(part) else 1 if VARIABLE.fullmatch(part) else 2 for part in path.split("/")[1:]]


def function_in(integration: dict[str, Any]) -> str:
    (name,) = set(FUNCTION.findall(json.dumps(integration["Uri"])))
    return str(name)
