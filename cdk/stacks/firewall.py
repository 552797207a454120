"""The web ACL of CloudFront, which has to be in us-east-1. The stack exists only with the context `edge`."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from cdk.edge.firewall_rules import refusal_bodies, rules_of, visibility
from cdk.edge_options import GLOBAL_REGION, EdgeOptions

# The fields of a request that are redacted in the log, because they contain credentials or ids.
REDACTED_HEADERS = ("authorization", "cookie", "x-api-key", "x-session-token", "stripe-signature")


class FirewallStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, *, options: EdgeOptions) -> None:
        super().__init__(
            scope,
            name,
            stack_name=name,
            description="Image optimization: firewall of the edge",
            env=cdk.Environment(region=GLOBAL_REGION),
            cross_region_references=True,
        )
        self.acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope="CLOUDFRONT",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            rules=rules_of(options.rate),
            custom_response_bodies=refusal_bodies(),
            visibility_config=visibility(name),
        )
        self._log()

    def _log(self) -> None:
        """The log of refused requests: address, rule and little else. It is kept for a week."""
        group = logs.LogGroup(
            self,
            "Refused",
            log_group_name=f"aws-waf-logs-{self.stack_name}",  # AWS requires this prefix
            retention=logs.RetentionDays.ONE_WEEK,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        hidden: list[dict[str, Any]] = [{"UriPath": {}}, {"QueryString": {}}]
        hidden += [{"SingleHeader": {"Name": name}} for name in REDACTED_HEADERS]
        wafv2.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.acl.attr_arn,
            log_destination_configs=[self._without_star(group)],
            redacted_fields=[_field(each) for each in hidden],
            logging_filter=ONLY_REFUSED,
        )

    def _without_star(self, group: logs.LogGroup) -> str:
        """The ARN of a log group without the star at its end, which WAF does not accept."""
        return self.format_arn(
            service="logs",
            resource="log-group",
            resource_name=group.log_group_name,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )


def _field(field: dict[str, Any]) -> wafv2.CfnLoggingConfiguration.FieldToMatchProperty:
    (kind, value), *_ = field.items()
    names = {"UriPath": "uri_path", "QueryString": "query_string", "SingleHeader": "single_header"}
    return wafv2.CfnLoggingConfiguration.FieldToMatchProperty(**{names[kind]: value})


ONLY_REFUSED = {
    "DefaultBehavior": "DROP",
    "Filters": [
        {"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}]}
    ],
}
