"""CloudFront in front of the API and of signed URLs. The stack exists only with the context `edge`."""

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from cdk.constructs.acknowledge import acknowledge
from cdk.edge.behaviors import EdgeOrigins, api_origin, behaviors, default_behavior
from cdk.edge.headers import SENT
from cdk.edge_options import EdgeOptions
from cdk.stacks.api import ApiStack
from cdk.stacks.firewall import FirewallStack


class EdgeStack(cdk.Stack):
    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        options: EdgeOptions,
        api: ApiStack,
        firewall: FirewallStack,
    ) -> None:
        super().__init__(
            scope,
            name,
            stack_name=name,
            description="Image optimization: CloudFront",
            env=cdk.Environment(region=options.region),
            cross_region_references=True,
        )
        self.options = options
        known = EdgeOrigins(api_origin(api_host(api), self._secret(api)), api.storage.results)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=name,
            default_behavior=default_behavior(self, known),
            additional_behaviors=behaviors(self, known),
            web_acl_id=firewall.acl.attr_arn,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            domain_names=[options.domain] if options.domain else None,
            certificate=self._certificate(),
        )
        self._acknowledge()
        host = options.domain or self.distribution.distribution_domain_name
        self.address = cdk.CfnOutput(self, "EdgeUrl", value=f"https://{host}")
        cdk.CfnOutput(self, "EdgeHost", value=self.distribution.distribution_domain_name)

    def _secret(self, api: ApiStack) -> str:
        """The secret for the API. CloudFormation inserts its value, and updates it only if the version changes."""
        assert api.origin_secret is not None  # noqa: S101 - it is there with the context `edge`
        version = self.options.secret_version or None
        arn = api.origin_secret.secret_arn
        return cdk.SecretValue.secrets_manager(arn, json_field=SENT, version_id=version).unsafe_unwrap()

    def _certificate(self) -> certificates.ICertificate | None:
        arn = self.options.certificate
        return certificates.Certificate.from_certificate_arn(self, "Certificate", arn) if arn else None

    def _acknowledge(self) -> None:
        reasons = {
            "CFR1": "Clients may be anywhere.",
            "CFR3": "Its log has ids that open results, and addresses; API Gateway logs each request without these.",
            "CFR7": "S3 checks the signature of each request: by access control of CloudFront's, none would be needed.",
        }
        if not self.options.domain:
            reasons["CFR4"] = "CloudFront's own name has CloudFront's own certificate, and takes what that takes."
        for rule, reason in reasons.items():
            acknowledge(self.distribution, rule, reason)


def api_host(api: ApiStack) -> str:
    return f"{api.api.rest_api_id}.execute-api.{api.region}.{api.url_suffix}"
