#!/bin/sh
# boto3 1.43.106: an address of an object that is signed in us-east-1 names the global host,
# BUCKET.s3.amazonaws.com, though virtual addresses and signature version 4 are asked for; in every other region it
# names the region. CloudFormation's RegionalDomainName of the bucket, which the CDK gives CloudFront as the origin, is
# BUCKET.s3.us-east-1.amazonaws.com. The host is signed, so S3 refuses what CloudFront hands on: in that region alone.
# A good guess: an address has the same form in all regions, and what works behind a CDN in one works in all.
# Seen: two hosts for us-east-1; "us_east_1_regional_endpoint": "regional" makes it one. Nothing is asked of AWS.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet "boto3==1.43.106"
AWS_ACCESS_KEY_ID=id AWS_SECRET_ACCESS_KEY=key "$folder/env/bin/python" - <<'PY'
from urllib.parse import urlsplit

import boto3
from botocore.config import Config


def signed_host(region, **more):
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual", **more})
    client = boto3.client("s3", region_name=region, config=config)
    return urlsplit(client.generate_presigned_url("get_object", Params={"Bucket": "files", "Key": "a"})).netloc


regional = {"us_east_1_regional_endpoint": "regional"}
found = [signed_host("eu-west-1"), signed_host("us-east-1"), signed_host("us-east-1", **regional)]
print(f"boto3 {boto3.__version__}:", *found, sep="\n  ")
assert found == ["files.s3.eu-west-1.amazonaws.com", "files.s3.amazonaws.com", "files.s3.us-east-1.amazonaws.com"]
PY
