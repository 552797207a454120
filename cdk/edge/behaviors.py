"""Which paths CloudFront leads where, and how: the API, and signed addresses of results.

What comes next, such as images by URL with a cache, is one more entry of `behaviors`, with policies and a function of
its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk.constructs.rest_api import API_STAGE
from cdk.edge.firewall_rules import SIGNED_PATH

# What the service's own setting names, and functions/api/origin_secret.py requires.
SECRET_HEADER, ADDRESS_HEADER = "Imgopt-Origin-Secret", "Imgopt-Client-Address"
ADDRESS_FUNCTION = Path(__file__).parent / "client_address.js"
# Between two parts of an answer: a status stream says something every 15 seconds.
SILENCE_SECONDS, KEPT_ALIVE_SECONDS = 60, 60


@dataclass(frozen=True)
class EdgeOrigins:
    """`secret` is a value that CloudFormation puts in as it deploys."""

    api_host: str
    results: s3.IBucket
    secret: str


def default_behavior(scope: Construct, known: EdgeOrigins) -> cloudfront.BehaviorOptions:
    """To the API: nothing is kept, and all is passed on but the host's name, by which API Gateway finds the API."""
    api = origins.HttpOrigin(
        known.api_host,
        origin_path=f"/{API_STAGE}",
        custom_headers={SECRET_HEADER: known.secret},
        protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        read_timeout=cdk.Duration.seconds(SILENCE_SECONDS),
        keepalive_timeout=cdk.Duration.seconds(KEPT_ALIVE_SECONDS),
    )
    return cloudfront.BehaviorOptions(
        origin=api,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        compress=False,
        function_associations=[_address_function(scope)],
    )


def behaviors(scope: Construct, known: EdgeOrigins) -> Mapping[str, cloudfront.BehaviorOptions]:
    """By pattern of path."""
    return {f"{SIGNED_PATH}*": _signed(scope, known.results)}


def _signed(scope: Construct, results: s3.IBucket) -> cloudfront.BehaviorOptions:
    """To S3, which checks the signature that is in the query: nothing is kept, as nobody else would check it."""
    policy = cloudfront.OriginRequestPolicy(
        scope,
        "SignedRequests",
        query_string_behavior=cloudfront.OriginRequestQueryStringBehavior.all(),
        header_behavior=cloudfront.OriginRequestHeaderBehavior.allow_list(
            "Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"
        ),
        cookie_behavior=cloudfront.OriginRequestCookieBehavior.none(),
    )
    return cloudfront.BehaviorOptions(
        origin=origins.S3BucketOrigin.with_bucket_defaults(results),
        allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=policy,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        compress=False,
    )


def _address_function(scope: Construct) -> cloudfront.FunctionAssociation:
    """Tells the API who asks: API Gateway sees an address of CloudFront's."""
    function = cloudfront.Function(
        scope,
        "ClientAddress",
        code=cloudfront.FunctionCode.from_inline(ADDRESS_FUNCTION.read_text()),
        runtime=cloudfront.FunctionRuntime.JS_2_0,
    )
    return cloudfront.FunctionAssociation(function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST)
