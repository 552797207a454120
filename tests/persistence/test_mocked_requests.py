"""What tests make of a request to S3 is what moto makes of it."""

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.request import normalize_request

from tests.moto_patches.environments import environment_of

# moto's own: a stream, where errors are printed, a link to the request, and names that it alone can't read.
APART = ("wsgi.input", "wsgi.errors", "werkzeug.request", "moto.preserved_header_names")
TYPED = {"Content-Type": "image/png", "Content-Length": "5", "Transfer-Encoding": "chunked", "x-amz-meta-record": "{}"}
REQUESTS = {
    "list": ("GET", "https://uploads.s3.amazonaws.com/?list-type=2&prefix=a%2Fb&start=%20+y", b"", {}),
    "key": ("GET", "https://uploads.s3.amazonaws.com/a%2Fb%20c/%C3%A9", b"", {"User-Agent": b"agent"}),
    "put": ("PUT", "https://s3.us-east-1.amazonaws.com/uploads/a/b", b"\xff\x00abc", TYPED),
    "bucket": ("DELETE", "https://uploads.s3.amazonaws.com", b"", {}),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_environment_is_that_of_moto(name):
    method, url, body, headers = REQUESTS[name]
    sent = HTTPHeaders()
    for header, value in headers.items():
        sent[header] = value
    request = AWSPreparedRequest(method, url, sent, body, stream_output=False)
    expected = {key: value for key, value in normalize_request(request).environ.items() if key not in APART}
    made = environment_of(request, body)
    assert {key: value for key, value in made.items() if key not in APART} == expected
    assert made["wsgi.input"].read() == body
