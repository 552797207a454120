#!/bin/sh
# moto 5.2.5: each request to S3 loads a module of moto anew, from its file, two times.
# A good guess: addresses are matched against patterns that are known since mock_aws() began, as for all other services.
# Seen: twenty GetObject, forty runs of the code of moto/s3/urls.py; DynamoDB runs none of its own again. Kept instead (the
# property `urls` by class), a GetObject of 1,000 bytes takes a fifth to a third less CPU time.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet "moto[dynamodb,s3]==5.2.5" boto3==1.43.106
cat > "$folder/try.py" <<'PY'
import importlib
import importlib.machinery
from collections import Counter

import boto3
from moto import mock_aws

ran = Counter()
execute = importlib.machinery.SourceFileLoader.exec_module


def counted(self, module):
    ran[module.__name__] += 1
    return execute(self, module)


known = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
with mock_aws():
    s3, dynamodb = boto3.client("s3", **known), boto3.client("dynamodb", **known)
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=bytes(1000))
    dynamodb.list_tables()
    importlib.machinery.SourceFileLoader.exec_module = counted
    for _ in range(20):
        s3.get_object(Bucket="bucket", Key="key")["Body"].read()
        dynamodb.list_tables()
print(dict(ran))
assert ran["moto.s3.urls"] == 40
assert ran["moto.dynamodb.urls"] == 0
PY
"$folder/env/bin/python" "$folder/try.py"
