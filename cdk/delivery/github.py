"""Roles for workflows on GitHub, which assume them with an OIDC token rather than a stored key."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.delivery.options import GithubOptions, logical_name
from cdk.edge_options import GLOBAL_REGION

GITHUB_ISSUER, AUDIENCE = "token.actions.githubusercontent.com", "sts.amazonaws.com"
# The roles of `make bootstrap` that the CDK command line uses.
BOOTSTRAP_ROLES = ("deploy-role", "file-publishing-role", "image-publishing-role", "lookup-role")
LONGEST_SESSION = cdk.Duration.hours(2)


class GithubStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str, *, options: GithubOptions) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: roles for workflows on GitHub")
        provider = options.provider or self._provider()
        for environment in options.environments:
            role = self._role(provider, options.repository, environment)
            cdk.CfnOutput(self, f"{logical_name(environment)}RoleArn", value=role.role_arn)

    def _provider(self) -> str:
        """The OIDC provider. An account has one per issuer; it is kept, as others may also use it."""
        provider = iam.OidcProviderNative(self, "Provider", url=f"https://{GITHUB_ISSUER}", client_ids=[AUDIENCE])
        provider.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        return provider.oidc_provider_arn

    def _role(self, provider: str, repository: str, environment: str) -> iam.Role:
        """A role. It compares the whole subject: a wildcard would allow anyone who can create a matching branch."""
        subject = f"repo:{repository}:environment:{environment}"
        trusted = iam.WebIdentityPrincipal(
            provider, {"StringEquals": {f"{GITHUB_ISSUER}:aud": AUDIENCE, f"{GITHUB_ISSUER}:sub": subject}}
        )
        role = iam.Role(
            self,
            f"{logical_name(environment)}Role",
            assumed_by=trusted,
            description=f"Deploys from {repository}, environment {environment}",
            max_session_duration=LONGEST_SESSION,
        )
        role.add_to_policy(iam.PolicyStatement(actions=["sts:AssumeRole"], resources=self._bootstrap_roles()))
        return role

    def _bootstrap_roles(self) -> list[str]:
        """The bootstrap roles of this account, in its region and in that of CloudFront's firewall."""
        qualifier = self.synthesizer.bootstrap_qualifier or cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER
        return [
            f"arn:{self.partition}:iam::{self.account}:role/cdk-{qualifier}-{role}-{self.account}-{region}"
            for region in (self.region, GLOBAL_REGION)
            for role in BOOTSTRAP_ROLES
        ]
