"""A Cognito user pool with its sign-in page. The settings can name another OIDC issuer instead."""

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from cdk.constructs.acknowledge import acknowledge
from cdk.context import is_on, list_of, name_of, settings_of

SHORTEST_PASSWORD = 12
# The time for which a used refresh token is accepted again, in case its answer was lost.
ROTATION_SECONDS = 10
CALLBACK, SIGNED_OUT = "/mcp/callback", "/mcp/authorize"


def has_issuer(scope: Construct) -> bool:
    """Whether the settings in the context name another OIDC issuer."""
    return bool(settings_of(scope).get("IMGOPT_OIDC_ISSUER"))


class AuthStack(cdk.Stack):
    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name, stack_name=name, description="Image optimization: users")
        self.pool = self._pool()
        self.pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=self._domain_prefix()),
        )
        cdk.CfnOutput(self, "UserPoolId", value=self.pool.user_pool_id)
        cdk.CfnOutput(self, "IssuerUrl", value=self.issuer)

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{self.region}.{self.url_suffix}/{self.pool.user_pool_id}"

    def _domain_prefix(self) -> str:
        """The prefix of the pool's domain: unique, constant for this stack, and without the account's number.

        CloudFormation can't replace a pool's domain. An installation with another one sets it in the context.
        """
        stack = cdk.Fn.select(2, cdk.Fn.split("/", self.stack_id))
        own = f"{name_of(self).lower()}-{cdk.Fn.select(0, cdk.Fn.split('-', stack))}"
        return str(self.node.try_get_context("sign_in_domain") or own)

    def _pool(self) -> cognito.UserPool:
        pool = cognito.UserPool(
            self,
            "Users",
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            keep_original=cognito.KeepOriginalAttrs(email=True),
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True)
            ),
            password_policy=cognito.PasswordPolicy(
                min_length=SHORTEST_PASSWORD,
                require_lowercase=False,
                require_uppercase=False,
                require_digits=False,
                require_symbols=False,
            ),
            mfa=cognito.Mfa.REQUIRED if is_on(self, "mfa_required", default=False) else cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        acknowledge(pool, "COG1", "Length is what counts; rules on letters make passwords no better (NIST SP 800-63B).")
        acknowledge(pool, "COG2", "A second factor is offered; whoever optimizes pictures may do without.")
        acknowledge(pool, "COG3", "Threat protection costs a monthly fee per user, which not everyone wants to pay.")
        acknowledge(pool, "COG8", "The Plus plan costs a monthly fee per user, which not everyone wants to pay.")
        return pool

    def add_client(self, scope: Construct, own_url: str) -> cognito.UserPoolClient:
        """The client for the service's own pages at `own_url`, created in `scope`.

        It needs no refresh tokens, because sessions of the pages are short.
        """
        home = own_url.rstrip("/")
        return self._client(scope, "SignIn", [home + CALLBACK], [home + SIGNED_OUT], cdk.Duration.hours(2))

    def add_client_of_websites(self, scope: Construct) -> cognito.UserPoolClient | None:
        """The client for websites in the context; None if there are none. The service's pages reject its tokens."""
        urls = list_of(self, "callback_urls")
        return self._client(scope, "Websites", list(urls), None, cdk.Duration.days(7)) if urls else None

    def _client(
        self,
        scope: Construct,
        name: str,
        callback_urls: list[str],
        logout_urls: list[str] | None,
        refresh_token_validity: cdk.Duration,
    ) -> cognito.UserPoolClient:
        """A public client: it has PKCE rather than a secret. Refresh tokens are rotated."""
        return cognito.UserPoolClient(
            scope,
            name,
            user_pool=self.pool,
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
                callback_urls=callback_urls,
                logout_urls=logout_urls,
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=cdk.Duration.hours(1),
            id_token_validity=cdk.Duration.hours(1),
            refresh_token_validity=refresh_token_validity,
            refresh_token_rotation_grace_period=cdk.Duration.seconds(ROTATION_SECONDS),
        )
