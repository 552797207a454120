"""The groups of AWS's managed rules that the firewall has. `cdk.edge.firewall_rules` says why some only label."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ManagedGroup:
    """A group of AWS's rules. Those in `labelling` and `bodies` only add labels; a rule uses those of `bodies`."""

    name: str
    label: str
    bodies: tuple[str, ...] = ()
    labelling: tuple[str, ...] = ()

    @property
    def labels_of_bodies(self) -> list[str]:
        """The labels in AWS's spelling: the part after the last underscore is not in upper case."""
        return [f"awswaf:managed:aws:{self.label}:{each.removesuffix('_BODY')}_Body" for each in self.bodies]


MANAGED_GROUPS = (
    ManagedGroup("AWSManagedRulesAmazonIpReputationList", "amazon-ip-list"),
    ManagedGroup(
        "AWSManagedRulesCommonRuleSet",
        "core-rule-set",
        bodies=(
            "SizeRestrictions_BODY",
            "CrossSiteScripting_BODY",
            "GenericLFI_BODY",
            "GenericRFI_BODY",
            "EC2MetaDataSSRF_BODY",
        ),
        # Queries with many jobs exceed 2 kB, programs may send no User-Agent, and image names can match any pattern.
        labelling=("SizeRestrictions_QUERYSTRING", "NoUserAgent_HEADER", "RestrictedExtensions_QUERYARGUMENTS"),
    ),
    ManagedGroup(
        "AWSManagedRulesKnownBadInputsRuleSet",
        "known-bad-inputs",
        bodies=("Log4JRCE_BODY", "JavaDeserializationRCE_BODY", "ReactJSRCE_BODY"),
    ),
)
