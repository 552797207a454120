"""Resources of a REST API that API Gateway refuses, and emulators accept."""

import json
import re
from collections.abc import Iterator

from tests.roles.policies import Installation

RESOURCE = "AWS::ApiGateway::Resource"
PART = re.compile(r"[\w.:-]+|\{[\w.-]+\+?\}")
MOST_RESOURCES = 300
PAYLOAD_BYTES = 6 * 1024 * 1024


def paths(stacks: Installation) -> Iterator[str]:
    """A part is plain or a variable; beside one variable there is no second, and below one for all the rest nothing."""
    known = {name: resource for _, name, resource in stacks.resources(RESOURCE)}
    variables: dict[str, str] = {}
    for name, resource in known.items():
        part, parent = resource["PathPart"], resource["ParentId"]
        if not PART.fullmatch(part):
            yield f"{name}: {part} is no part of a path"
        if part.startswith("{") and variables.setdefault(json.dumps(parent), part) != part:
            yield f"{name}: {part} is beside another variable"
        if known.get(parent.get("Ref", ""), {}).get("PathPart", "").endswith("+}"):
            yield f"{name}: {part} is below one for all the rest"
    if len(known) > MOST_RESOURCES:
        yield f"{len(known)} resources"


def bodies(stacks: Installation) -> Iterator[str]:
    """Binary bodies must be declared as binary; they grow by a third on their way to Lambda."""
    for _, name, api in stacks.resources("AWS::ApiGateway::RestApi"):
        if "*/*" not in api.get("BinaryMediaTypes", []):
            yield f"{name}: images arrive as text"
    for _, name, function in stacks.resources("AWS::Lambda::Function"):
        known = function.get("Environment", {}).get("Variables", {})
        for setting in ("IMGOPT_MAX_MULTIPART_BYTES", "IMGOPT_INLINE_DOWNLOAD_BYTES"):
            if int(known.get(setting, 0)) * 4 / 3 > PAYLOAD_BYTES:
                yield f"{name}: {setting} is more than Lambda takes"


RULES = (paths, bodies)
