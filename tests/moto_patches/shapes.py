"""Members of answers, which moto looks for under each of their possible names, and errors, which it writes twice."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from moto.core import serialize
from moto.core.exceptions import HTTPException, JsonRESTError

Pick = Callable[[Any, Any], Iterable[str]]
# Members of DynamoDB's values that are written as they are.
SCALARS = ("S", "N")


def install() -> None:
    write = serialize.BaseJSONSerializer._serialize_type_structure
    serialize.BaseJSONSerializer._serialize_type_structure = writing_attributes(write)
    for picker in (serialize.AttributePicker, serialize.XFormedAttributePicker):
        picker.get_possible_keys = remembering(picker.__dict__["get_possible_keys"])
    JsonRESTError.__init__ = describe


def describe(self: JsonRESTError, error_type: str, message: str, *_: Any, **__: Any) -> None:
    """Describes an error in JSON, and not in XML before that. moto's updates raise one for each absent attribute."""
    HTTPException.__init__(self)
    self.error_type, self.message, self.content_type = error_type, message, "application/json"
    self.description = json.dumps({"__type": error_type, "message": message})


def remembering(pick: Pick) -> Pick:
    """Caches the names by which a member may be found in a dict. They depend only on the shape."""
    known: dict[tuple[int, str], tuple[Any, list[str]]] = {}

    def pick_once(self: Any, context: Any) -> Iterable[str]:
        if type(context.obj) is not dict:
            return pick(self, context)
        asked = (id(context.shape), context.key)
        if asked not in known:
            known[asked] = (context.shape, list(pick(self, context)))  # the shape is kept, and its id with it
        return known[asked][1]

    return pick_once


def writing_attributes(write: Callable[..., None]) -> Callable[..., None]:
    """A value of DynamoDB has one of ten members: no more than that one is looked for."""

    def write_once(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if (
            shape.name != "AttributeValue"
            or type(value) is not dict
            or not key
            or not value.keys() <= shape.members.keys()
        ):
            write(self, serialized, value, shape, key)
            return
        written: dict[str, Any] = {}
        for name, member in value.items():
            if name in SCALARS and type(member) is str:
                written[name] = member
            elif member is not None:
                self._serialize(written, member, shape.members[name], name)
        self._default_serialize(serialized, written, shape, key)

    return write_once
