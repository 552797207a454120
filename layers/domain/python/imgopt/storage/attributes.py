"""The values that DynamoDB stores, from JSON-like data and from records, and back. Floats are stored as its numbers."""

import json
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import TypeAdapter

serializer, deserializer = TypeSerializer(), TypeDeserializer()
_adapters: dict[type[Any], TypeAdapter[Any]] = {}  # creating an adapter takes milliseconds


def plain(record: object, *, exclude_defaults: bool = False) -> Any:
    """Converts a dataclass or model to values that DynamoDB stores: ISO times and decimal numbers."""
    text = adapter(type(record)).dump_json(record, exclude_defaults=exclude_defaults)
    return json.loads(text, parse_float=_to_number)


def _to_number(text: str) -> Decimal:
    """Returns a number as DynamoDB answers it (2, not 2.0), so that written and read values compare equal."""
    return Decimal(f"{Decimal(text).normalize():f}")


def adapter(record_type: type[Any]) -> TypeAdapter[Any]:
    if record_type not in _adapters:
        _adapters[record_type] = TypeAdapter(record_type)
    return _adapters[record_type]


def marshal(data: dict[str, Any]) -> dict[str, Any]:
    return {name: serializer.serialize(value) for name, value in data.items()}


def unmarshal(data: dict[str, Any]) -> dict[str, Any]:
    return {name: deserializer.deserialize(value) for name, value in data.items()}
