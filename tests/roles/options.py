"""The permissions that roles have only with a setting of the installation.

tests/infrastructure/test_optional_rights.py compares this with the templates of installations that have those settings.
"""

from tests.roles.policies import Role, Statement

READ = "secretsmanager:GetSecretValue"
# Which functions read a secret that an operator has made, by the setting that names it.
READERS = {
    "stripe_secret_arn": {"Billing", "Cleanup", "Internal"},
    "oidc_client_secret_arn": {"Images"},
    "openai_api_key_arn": {"Tag"},
    "c2pa_secret_arn": {"Finish"},
    "scheduler_secret_arn": {"Internal"},
    "origin_secret_arn": {"Billing", "Images", "Internal", "Mcp", "Streaming", "Variants"},
    "url_secret_arn": {"Variants"},
}
# What a stack makes.
SIGNING = "signing_secret_arn"
# Files that functions may read, each by a setting: manifests of uploads, which are the parents of those that are
# signed, and sources of image URLs.
FILES = (
    ("Finish", "s3:GetObject", "arn:aws:s3:::uploads/uploads/*"),
    ("Variants", "s3:GetObject", "arn:aws:s3:::photos/*"),
    ("Variants", "s3:GetObjectVersion", "arn:aws:s3:::photos/*"),
)


def with_options(name: str, role: Role) -> Role:
    """The role of a function, with all that settings may add."""
    rights = [(READ, setting) for setting, readers in READERS.items() if name in readers]
    rights += [right for reader, *right in FILES if reader == name]
    return Role([*role.statements, *(Statement(True, (action,), (resource,), {}) for action, resource in rights)])
