"""Items of the table that belong to the first process that claims them."""

from datetime import datetime
from typing import TYPE_CHECKING

from imgopt.settings import settings
from imgopt.storage.attributes import marshal, unmarshal
from imgopt.storage.clients import aws_errors, dynamodb
from imgopt.storage.table import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef


def claim(item_key: Item, holder: str, remove_at: datetime) -> str:
    """Claims an item and returns its holder: `holder`, or the one that claimed it before. DynamoDB removes it after
    `remove_at`.
    """
    request: UpdateItemInputTypeDef = {
        "TableName": settings().table_name,
        "Key": marshal(item_key),
        "UpdateExpression": "SET #holder = if_not_exists(#holder, :holder), #ttl = if_not_exists(#ttl, :ttl)",
        "ExpressionAttributeNames": {"#holder": "holder", "#ttl": "ttl"},
        "ExpressionAttributeValues": marshal({":holder": holder, ":ttl": int(remove_at.timestamp())}),
        "ReturnValues": "ALL_NEW",
    }
    with aws_errors():
        return str(unmarshal(dynamodb().update_item(**request)["Attributes"])["holder"])
