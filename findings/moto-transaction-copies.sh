#!/bin/sh
# moto 5.2.5: TransactWriteItems copies the whole table once for each item of the transaction, before it writes anything.
# A good guess: one copy, to go back to where an item is refused; time that grows with the table, not with the table times
# the items.
# Seen: on a table of 500 items, a transaction of 1 item makes 1 deep copy of the table, one of 25 items makes 25, all of
# the same state; the second takes more than five times as long as the first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet "moto[dynamodb]==5.2.5" boto3==1.43.106
cat > "$folder/try.py" <<'PY'
import copy
import time

import boto3
from moto import mock_aws
from moto.dynamodb import models

copies = []


class Counting:
    def __getattr__(self, name):
        return getattr(copy, name)

    def deepcopy(self, value):
        if isinstance(value, models.Table):
            copies.append(len(value.items))
        return copy.deepcopy(value)


models.copy = Counting()
key = {"AttributeName": "pk", "AttributeType": "S"}
with mock_aws():
    client = boto3.client("dynamodb", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    client.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[key],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    for number in range(500):
        client.put_item(TableName="t", Item={"pk": {"S": f"old {number}"}, "text": {"S": "x" * 100}})
    seen = {}
    for count in (1, 25):
        copies.clear()
        items = [{"Put": {"TableName": "t", "Item": {"pk": {"S": f"{count} {n}"}}}} for n in range(count)]
        began = time.process_time()
        client.transact_write_items(TransactItems=items)
        seen[count] = (list(copies), time.process_time() - began)
print({count: (len(sizes), set(sizes)) for count, (sizes, _) in seen.items()}, seen[25][1] / seen[1][1])
assert (seen[1][0], seen[25][0]) == ([500], [501] * 25)
assert seen[25][1] > 5 * seen[1][1]
PY
"$folder/env/bin/python" "$folder/try.py"
