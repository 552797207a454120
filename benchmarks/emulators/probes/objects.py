"""S3: conditional writes, forms, and the memory for 100 MB."""

import io
from typing import Any

import httpx2
from botocore.exceptions import ClientError

from benchmarks.emulators.server import Server

BUCKET, MEGABYTES, PIECE = "files", 100, 1 << 20


def bucket(server: Server) -> Any:
    """A client with path-style URLs, as bucket names are not host names here."""
    client = server.client("s3", s3={"addressing_style": "path"}, signature_version="s3v4")
    try:
        client.create_bucket(Bucket=BUCKET)
    except ClientError as error:
        if "AlreadyOwned" not in str(error):
            raise
    return client


def conditional_writes(server: Server) -> str:
    client = bucket(server)
    client.put_object(Bucket=BUCKET, Key="once", Body=b"1", IfNoneMatch="*")
    try:
        client.put_object(Bucket=BUCKET, Key="once", Body=b"2", IfNoneMatch="*")
    except ClientError as error:
        kept = client.get_object(Bucket=BUCKET, Key="once")["Body"].read() == b"1"
        return "yes" if error.response["Error"]["Code"] == "PreconditionFailed" and kept else "wrong"
    return "no: overwritten"


def forms(server: Server) -> str:
    """A form that matches its policy, and one whose file is too large."""
    client, said = bucket(server), []
    for data in (b"12345", b"123456"):
        limits: list[Any] = [["content-length-range", 5, 5]]
        form = client.generate_presigned_post(BUCKET, "form", Conditions=limits, ExpiresIn=60)
        said.append(httpx2.post(form["url"], data=form["fields"], files={"file": data}, trust_env=False).status_code)
    first, second = said
    if first >= 300:
        return f"no: {first}"
    return "yes" if second == 400 else "takes more than is signed"


def large_bodies(server: Server) -> str:
    """The additional memory in MB while 100 MB are stored, and while they are read in pieces."""
    client, told = bucket(server), []
    client.put_object(Bucket=BUCKET, Key="small", Body=b"1")
    before = server.megabytes()
    with server.peak() as storing:
        client.put_object(Bucket=BUCKET, Key="large", Body=io.BytesIO(bytes(MEGABYTES * PIECE)))
    with server.peak() as reading:
        body = client.get_object(Bucket=BUCKET, Key="large")["Body"]
        while body.read(PIECE):
            pass
    told = [f"{peak[0] - before:.0f}" for peak in (storing, reading)]
    return f"{told[0]} / {told[1]} MB"
