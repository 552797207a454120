"""The rules of the firewall: AWS's managed rules, without those that would refuse images, and a rate limit.

AWS's rules inspect the first 16 kB of a body. Bytes of images can match any rule, and one rule refuses bodies above
8 kB. So the rules about bodies only add labels. A rule of this module blocks requests with such labels, except on the
paths that receive images, their settings and Stripe's events. The service itself limits these.
"""

import json
from collections.abc import Sequence

from aws_cdk import aws_wafv2 as wafv2

from cdk.edge.managed_groups import MANAGED_GROUPS, ManagedGroup

# The paths whose bodies only the service checks.
OPEN_BODIES = (
    *("/upload", "/auto", "/quote", "/compress", "/resize", "/upscale", "/tag", "/process", "/webhooks/"),
    *("/shrink", "/output/"),
)
# Only this path itself. Paths below it, forms and device logins, are checked.
OPEN_BODY_ITSELF = "/mcp"
# Signed URLs, which S3 checks completely. Their queries are long.
SIGNED_PATH = "/results/"
# Image URLs, which the service checks completely. They can be longer than the 1,024 bytes that a rule allows.
IMAGE_PATH = "/img/"
RATE_SECONDS = 300
TOO_OFTEN, LIKE_AN_ATTACK = "too-often", "like-an-attack"
REFUSAL_MESSAGES = {
    TOO_OFTEN: "Too many requests came from this address. Please try again in five minutes.",
    LIKE_AN_ATTACK: "The request was refused, as it looks like an attack.",
}


def rules_of(rate: int) -> list[wafv2.CfnWebACL.RuleProperty]:
    """The rules in order. The first is the rate limit: `rate` requests in five minutes from one address."""
    managed = [_managed(group, priority) for priority, group in enumerate(MANAGED_GROUPS, 1)]
    return [_rate_rule(rate), *managed, _body_rule(len(MANAGED_GROUPS) + 1)]


def refusal_bodies() -> dict[str, wafv2.CfnWebACL.CustomResponseBodyProperty]:
    """The bodies of the firewall's error answers, in the form of the application's."""
    return {
        key: wafv2.CfnWebACL.CustomResponseBodyProperty(
            content=json.dumps({"detail": sentence}), content_type="APPLICATION_JSON"
        )
        for key, sentence in REFUSAL_MESSAGES.items()
    }


def visibility(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    """Metrics of a rule, without samples of requests, whose paths contain ids that give access to results."""
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )


def _rate_rule(rate: int) -> wafv2.CfnWebACL.RuleProperty:
    statement = wafv2.CfnWebACL.RateBasedStatementProperty(
        aggregate_key_type="IP", limit=rate, evaluation_window_sec=RATE_SECONDS
    )
    return wafv2.CfnWebACL.RuleProperty(
        name="Rate",
        priority=0,
        statement=wafv2.CfnWebACL.StatementProperty(rate_based_statement=statement),
        action=_refuse(429, TOO_OFTEN, {"Retry-After": str(RATE_SECONDS)}),
        visibility_config=visibility("Rate"),
    )


def _managed(group: ManagedGroup, priority: int) -> wafv2.CfnWebACL.RuleProperty:
    only_label = wafv2.CfnWebACL.RuleActionProperty(count={})
    statement = wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
        vendor_name="AWS",
        name=group.name,
        rule_action_overrides=[
            wafv2.CfnWebACL.RuleActionOverrideProperty(name=name, action_to_use=only_label)
            for name in (*group.bodies, *group.labelling)
        ],
        scope_down_statement=_not(_any_of([_begins_with(SIGNED_PATH), _begins_with(IMAGE_PATH)])),
    )
    return wafv2.CfnWebACL.RuleProperty(
        name=group.name,
        priority=priority,
        statement=wafv2.CfnWebACL.StatementProperty(managed_rule_group_statement=statement),
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=visibility(group.name),
    )


def _body_rule(priority: int) -> wafv2.CfnWebACL.RuleProperty:
    labelled = [_has_label(label) for group in MANAGED_GROUPS for label in group.labels_of_bodies]
    named = [*map(_begins_with, OPEN_BODIES), _matches_path(OPEN_BODY_ITSELF, "EXACTLY")]
    elsewhere = [_not(each) for each in named]
    return wafv2.CfnWebACL.RuleProperty(
        name="Bodies",
        priority=priority,
        statement=_all_of([_any_of(labelled), *elsewhere]),
        action=_refuse(403, LIKE_AN_ATTACK, {}),
        visibility_config=visibility("Bodies"),
    )


def _refuse(status: int, key: str, headers: dict[str, str]) -> wafv2.CfnWebACL.RuleActionProperty:
    written = [wafv2.CfnWebACL.CustomHTTPHeaderProperty(name=name, value=value) for name, value in headers.items()]
    answer = wafv2.CfnWebACL.CustomResponseProperty(
        response_code=status, custom_response_body_key=key, response_headers=written or None
    )
    return wafv2.CfnWebACL.RuleActionProperty(block=wafv2.CfnWebACL.BlockActionProperty(custom_response=answer))


def _begins_with(path: str) -> wafv2.CfnWebACL.StatementProperty:
    return _matches_path(path, "STARTS_WITH")


def _matches_path(path: str, how: str) -> wafv2.CfnWebACL.StatementProperty:
    match = wafv2.CfnWebACL.ByteMatchStatementProperty(
        search_string=path,
        positional_constraint=how,
        field_to_match=wafv2.CfnWebACL.FieldToMatchProperty(uri_path={}),
        text_transformations=[wafv2.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
    )
    return wafv2.CfnWebACL.StatementProperty(byte_match_statement=match)


def _has_label(label: str) -> wafv2.CfnWebACL.StatementProperty:
    match = wafv2.CfnWebACL.LabelMatchStatementProperty(scope="LABEL", key=label)
    return wafv2.CfnWebACL.StatementProperty(label_match_statement=match)


def _not(statement: wafv2.CfnWebACL.StatementProperty) -> wafv2.CfnWebACL.StatementProperty:
    return wafv2.CfnWebACL.StatementProperty(not_statement=wafv2.CfnWebACL.NotStatementProperty(statement=statement))


def _all_of(statements: Sequence[wafv2.CfnWebACL.StatementProperty]) -> wafv2.CfnWebACL.StatementProperty:
    return wafv2.CfnWebACL.StatementProperty(
        and_statement=wafv2.CfnWebACL.AndStatementProperty(statements=list(statements))
    )


def _any_of(statements: Sequence[wafv2.CfnWebACL.StatementProperty]) -> wafv2.CfnWebACL.StatementProperty:
    return wafv2.CfnWebACL.StatementProperty(
        or_statement=wafv2.CfnWebACL.OrStatementProperty(statements=list(statements))
    )
