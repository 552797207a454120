"""The context `edge_…`: options of CloudFront and its firewall in front of the API and of signed URLs."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs import IConstruct

# The region in which CloudFront's certificates and web ACLs have to be.
GLOBAL_REGION = "us-east-1"
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
CERTIFICATE = re.compile(rf"arn:aws:acm:{GLOBAL_REGION}:\d{{12}}:certificate/[\w-]+")
SECRET_VERSION = re.compile(r"[A-Za-z0-9-]{32,64}")
# Requests of one address in five minutes: ten a second.
DEFAULT_RATE, LEAST_RATE, MOST_RATE = 3000, 10, 2_000_000_000
REGION_ADVICE = "set AWS_REGION, or in a pipeline the region of the environment"
KEYS_OF_THE_EDGE = ("edge_domain", "edge_certificate", "edge_rate", "edge_secret_version")


@dataclass(frozen=True)
class EdgeOptions:
    """The options. `domain` is "" for CloudFront's own domain; `secret_version` is "" for the newest version."""

    region: str
    domain: str
    certificate: str
    rate: int
    secret_version: str


def has_edge(construct: "IConstruct") -> bool:
    return construct.node.try_get_context("edge") in (True, "true")


def edge_domain_of(construct: "IConstruct") -> str:
    """The domain of the edge. Empty without an edge or without a custom domain."""
    return _text(construct, "edge_domain") if has_edge(construct) else ""


def edge_options_of(construct: "IConstruct", region: str) -> EdgeOptions:
    """The options for a region. Raises ValueError if they are not valid."""
    domain, certificate = _text(construct, "edge_domain"), _text(construct, "edge_certificate")
    if not region or region.startswith(("cn-", "us-gov-")):
        where = region or f"a region that is not known; {REGION_ADVICE}"
        raise ValueError(f"edge: CloudFront can't be in front of {where}")
    if domain and not DOMAIN.fullmatch(domain):
        raise ValueError(f"edge_domain: {domain} is not a domain name")
    if bool(domain) != bool(certificate):
        raise ValueError("edge_domain and edge_certificate have to be set together")
    if certificate and not CERTIFICATE.fullmatch(certificate):
        raise ValueError(f"edge_certificate: {certificate} is not the ARN of a certificate in {GLOBAL_REGION}")
    return EdgeOptions(region, domain, certificate, _rate(construct), _secret_version(construct))


def _rate(construct: "IConstruct") -> int:
    text = _text(construct, "edge_rate") or str(DEFAULT_RATE)
    if not (text.isdecimal() and LEAST_RATE <= int(text) <= MOST_RATE):
        raise ValueError(f"edge_rate: {text} is not a number from {LEAST_RATE} to {MOST_RATE}")
    return int(text)


def _secret_version(construct: "IConstruct") -> str:
    text = _text(construct, "edge_secret_version")
    if text and not SECRET_VERSION.fullmatch(text):
        raise ValueError(f"edge_secret_version: {text} is not a VersionId as put-secret-value returns it")
    return text


def _text(construct: "IConstruct", key: str) -> str:
    return str(construct.node.try_get_context(key) or "")
