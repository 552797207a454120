#!/bin/sh
# moto 5.2.5: whether the key of an index has the right type is looked at by UpdateItem, by PutItem for null alone, and
# by TransactWriteItems and BatchWriteItem not at all. DynamoDB refuses wrong types in all of them.
# A good guess: one check for all writes, as there is for keys of the table. So code that writes null into an index key by
# a transaction passes its tests, and fails on AWS.
# Seen: `g`, of type S, is the key of an index. {"NULL": true} and {"N": "1"} for it are both refused by UpdateItem; PutItem
# refuses the first and stores the second; a transaction and a batch store both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet "moto[dynamodb]==5.2.5" boto3==1.43.106
cat > "$folder/try.py" <<'PY'
import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

WRONG = ({"NULL": True}, {"N": "1"})


def outcome(write):
    try:
        write()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "stored"


with mock_aws():
    client = boto3.client("dynamodb", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    client.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "g")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "index",
                "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    items = [{"pk": {"S": str(number)}, "g": wrong} for number, wrong in enumerate(WRONG)]
    for item in items:
        client.put_item(TableName="t", Item={"pk": item["pk"], "g": {"S": "right"}})
    seen = {
        "UpdateItem": [
            outcome(
                lambda item=item: client.update_item(
                    TableName="t",
                    Key={"pk": item["pk"]},
                    UpdateExpression="SET g = :g",
                    ExpressionAttributeValues={":g": item["g"]},
                )
            )
            for item in items
        ],
        "PutItem": [outcome(lambda item=item: client.put_item(TableName="t", Item=item)) for item in items],
        "TransactWriteItems": [
            outcome(lambda item=item: client.transact_write_items(TransactItems=[{"Put": {"TableName": "t", "Item": item}}]))
            for item in items
        ],
        "BatchWriteItem": [
            outcome(lambda item=item: client.batch_write_item(RequestItems={"t": [{"PutRequest": {"Item": item}}]}))
            for item in items
        ],
    }
    stored = client.scan(TableName="t")["Count"]
print(seen, stored)
assert stored == len(WRONG)
assert seen == {
    "UpdateItem": ["ValidationException"] * 2,
    "PutItem": ["ValidationException", "stored"],
    "TransactWriteItems": ["stored"] * 2,
    "BatchWriteItem": ["stored"] * 2,
}
PY
"$folder/env/bin/python" "$folder/try.py"
