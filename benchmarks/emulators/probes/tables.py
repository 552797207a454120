"""DynamoDB: transactions with conditions. A failed transaction must leave nothing."""

from typing import Any

from botocore.exceptions import ClientError

from benchmarks.emulators.server import Server

TABLE = "items"


def make_table(server: Server, name: str = TABLE) -> Any:
    client = server.client("dynamodb")
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


def transactions(server: Server) -> str:
    client = make_table(server)
    client.put_item(TableName=TABLE, Item={"pk": {"S": "there"}})
    new = "attribute_not_exists(pk)"
    writes = [
        {"Put": {"TableName": TABLE, "Item": {"pk": {"S": name}}, "ConditionExpression": new}}
        for name in ("new", "there")
    ]
    try:
        client.transact_write_items(TransactItems=writes)
    except ClientError as error:
        codes = [reason["Code"] for reason in error.response.get("CancellationReasons", [])]
        left = "Item" in client.get_item(TableName=TABLE, Key={"pk": {"S": "new"}})
        return "yes" if codes == ["None", "ConditionalCheckFailed"] and not left else f"wrong: {codes}"
    return "no: not refused"
