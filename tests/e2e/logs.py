"""All logs of the embedded cloud: files of its processes, and what its functions write to CloudWatch."""

import re

from local.cloud import Cloud

# Of tokens, keys, codes, addresses and signatures, whatever their value.
PRIVATE = re.compile(
    r"mcp_[\w-]{20,}"
    r"|tfy_live_[\w-]{8,}"
    r"|\beyJ[\w-]{8,}"
    r"|\bTINI-\w{4}-\w{4}"
    r"|[\w.+-]+@[\w-]+\.[a-z]{2,}"
    r"|X-Amz-(?:Signature|Credential|Security-Token)"
    r"|\bt=\d+,v1=[0-9a-f]+"
    r"|Bearer \S+",
    re.IGNORECASE,
)


def read_logs(cloud: Cloud) -> dict[str, str]:
    """Text by the name of a file or a log group."""
    texts = {child.log.name: child.log.read_text() for child in (cloud.emulator, cloud.server, cloud.worker)}
    logs = cloud.session.client("logs")
    for group in (each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]):
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        texts[group] = "\n".join(event["message"] for page in pages for event in page["events"])
    return texts


def find_private(cloud: Cloud, *known: str) -> list[tuple[str, str]]:
    """The places of private data in logs, and the data: by their form, or because they are known."""
    found = []
    for name, text in read_logs(cloud).items():
        found += [(name, match) for match in PRIVATE.findall(text)]
        found += [(name, secret) for secret in known if secret in text]
    return found
