"""What the context says of the edge: CloudFront with a firewall in front of the API and of signed addresses."""

import re
from dataclasses import dataclass

from constructs import IConstruct

# Where CloudFront takes certificates and web ACLs from.
GLOBAL_REGION = "us-east-1"
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
CERTIFICATE = re.compile(rf"arn:aws:acm:{GLOBAL_REGION}:\d{{12}}:certificate/[\w-]+")
SECRET_VERSION = re.compile(r"[A-Za-z0-9-]{32,64}")
# Requests of one address in five minutes: ten a second.
DEFAULT_RATE, LEAST_RATE, MOST_RATE = 3000, 10, 2_000_000_000
HOW_TO_SAY = "set AWS_REGION, or in a pipeline the region of its environment"
KEYS_OF_THE_EDGE = ("edge_domain", "edge_certificate", "edge_rate", "edge_secret_version")


@dataclass(frozen=True)
class EdgeOptions:
    """`domain` is "" where CloudFront's own name does; `secret_version` where its newest is sent."""

    region: str
    domain: str
    certificate: str
    rate: int
    secret_version: str


def has_edge(construct: IConstruct) -> bool:
    return construct.node.try_get_context("edge") in (True, "true")


def edge_domain_of(construct: IConstruct) -> str:
    """ "" without an edge, or without a domain of its own."""
    return _text(construct, "edge_domain") if has_edge(construct) else ""


def edge_options_of(construct: IConstruct, region: str) -> EdgeOptions:
    """Of an installation in a region. Raises ValueError where that can't be deployed."""
    domain, certificate = _text(construct, "edge_domain"), _text(construct, "edge_certificate")
    if not region or region.startswith(("cn-", "us-gov-")):
        where = region or f"a region that is not known; {HOW_TO_SAY}"
        raise ValueError(f"edge: CloudFront can't be in front of {where}")
    if domain and not DOMAIN.fullmatch(domain):
        raise ValueError(f"edge_domain: {domain} is no domain name")
    if bool(domain) != bool(certificate):
        raise ValueError("edge_domain and edge_certificate: each needs the other one")
    if certificate and not CERTIFICATE.fullmatch(certificate):
        raise ValueError(f"edge_certificate: {certificate} is no ARN of a certificate in {GLOBAL_REGION}")
    return EdgeOptions(region, domain, certificate, _rate(construct), _secret_version(construct))


def _rate(construct: IConstruct) -> int:
    text = _text(construct, "edge_rate") or str(DEFAULT_RATE)
    if not (text.isdecimal() and LEAST_RATE <= int(text) <= MOST_RATE):
        raise ValueError(f"edge_rate: {text} is no number of requests from {LEAST_RATE} to {MOST_RATE}")
    return int(text)


def _secret_version(construct: IConstruct) -> str:
    text = _text(construct, "edge_secret_version")
    if text and not SECRET_VERSION.fullmatch(text):
        raise ValueError(f"edge_secret_version: {text} is no VersionId, as put-secret-value answers it")
    return text


def _text(construct: IConstruct, key: str) -> str:
    return str(construct.node.try_get_context(key) or "")
