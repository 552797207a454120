"""CloudFront's behaviors by path: the API, image URLs, and signed URLs of results."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk.constructs.rest_api import API_STAGE
from cdk.edge.firewall_rules import IMAGE_PATH, SIGNED_PATH
from cdk.edge.headers import ADDRESS_FUNCTION, ADDRESS_HEADER, IMAGE_FUNCTION, NORMALIZED_HEADERS, SECRET_HEADER

# The longest time between two parts of an answer. A status stream sends something every 15 seconds.
SILENCE_SECONDS, KEPT_ALIVE_SECONDS = 60, 60


@dataclass(frozen=True)
class EdgeOrigins:
    api: origins.HttpOrigin
    results: s3.IBucket


def api_origin(host: str, secret: str) -> origins.HttpOrigin:
    """The origin of the API. CloudFormation inserts the value of `secret` when it deploys."""
    return origins.HttpOrigin(
        host,
        origin_path=f"/{API_STAGE}",
        custom_headers={SECRET_HEADER: secret},
        protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        read_timeout=cdk.Duration.seconds(SILENCE_SECONDS),
        keepalive_timeout=cdk.Duration.seconds(KEPT_ALIVE_SECONDS),
    )


def default_behavior(scope: Construct, known: EdgeOrigins) -> cloudfront.BehaviorOptions:
    """The behavior of API requests: nothing is cached, and everything is passed on except the header Host."""
    return cloudfront.BehaviorOptions(
        origin=known.api,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        compress=False,
        function_associations=[_function(scope, "ClientAddress", ADDRESS_FUNCTION)],
    )


def behaviors(scope: Construct, known: EdgeOrigins) -> Mapping[str, cloudfront.BehaviorOptions]:
    """The behaviors by path pattern."""
    return {f"{SIGNED_PATH}*": _signed(scope, known.results), f"{IMAGE_PATH}*": _images(scope, known.api)}


def _images(scope: Construct, api: origins.HttpOrigin) -> cloudfront.BehaviorOptions:
    """The behavior of image URLs: answers are cached by URL and the browser's formats, for the time they state."""
    kept = cloudfront.CachePolicy(
        scope,
        "ImageUrls",
        min_ttl=cdk.Duration.seconds(0),
        default_ttl=cdk.Duration.seconds(0),
        max_ttl=cdk.Duration.days(365),
        header_behavior=cloudfront.CacheHeaderBehavior.allow_list(*NORMALIZED_HEADERS),
        query_string_behavior=cloudfront.CacheQueryStringBehavior.none(),
        cookie_behavior=cloudfront.CacheCookieBehavior.none(),
    )
    sent = cloudfront.OriginRequestPolicy(
        scope,
        "ImageRequests",
        header_behavior=cloudfront.OriginRequestHeaderBehavior.allow_list(ADDRESS_HEADER),
        query_string_behavior=cloudfront.OriginRequestQueryStringBehavior.none(),
        cookie_behavior=cloudfront.OriginRequestCookieBehavior.none(),
    )
    return cloudfront.BehaviorOptions(
        origin=api,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cache_policy=kept,
        origin_request_policy=sent,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        compress=False,
        function_associations=[_function(scope, "ImageRequest", IMAGE_FUNCTION)],
    )


def _signed(scope: Construct, results: s3.IBucket) -> cloudfront.BehaviorOptions:
    """The behavior of signed URLs. Nothing is cached, because only S3 can check the signature in the query."""
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


def _function(scope: Construct, name: str, program: Path) -> cloudfront.FunctionAssociation:
    """A function at the edge. It adds the client's address, as API Gateway sees only CloudFront's."""
    function = cloudfront.Function(
        scope,
        name,
        code=cloudfront.FunctionCode.from_inline(program.read_text()),
        runtime=cloudfront.FunctionRuntime.JS_2_0,
    )
    return cloudfront.FunctionAssociation(function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST)
