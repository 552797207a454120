"""Numbers in the table that many count up at once, each to a limit that none can pass."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from imgopt.settings import settings
from imgopt.storage.clients import aws_errors, dynamodb, error_code
from imgopt.storage.table import Item, marshal, unmarshal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef


def count_below(limit: int, item_key: Item, remove_at: int) -> int | None:
    """Adds 1 to an item's `count` if it is less than `limit`, or missing: the count as it is now, else None.

    DynamoDB removes the item some time after `remove_at`, seconds since 1970.
    """
    request: UpdateItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": "ADD #count :one SET #ttl = :ttl",
        "ConditionExpression": "attribute_not_exists(#count) OR #count < :limit",
        "ExpressionAttributeNames": {"#count": "count", "#ttl": "ttl"},
        "ExpressionAttributeValues": marshal({":one": 1, ":ttl": remove_at, ":limit": limit}),
        "ReturnValues": "UPDATED_NEW",
    }
    try:
        with aws_errors():
            return int(unmarshal(dynamodb().update_item(**request)["Attributes"])["count"])
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return None
        raise
